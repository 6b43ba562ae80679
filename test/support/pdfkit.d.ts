/** The little of it that tests draw with; the package brings no types of its own. */
declare module 'pdfkit' {
  interface Options {
    readonly size: string;
    readonly layout: 'portrait' | 'landscape';
    readonly margin: number;
    readonly userPassword?: string;
    readonly pdfVersion?: string;
  }
  interface TextOptions {
    readonly lineBreak: boolean;
  }
  interface Document {
    on(event: 'data', listener: (chunk: Buffer) => void): void;
    on(event: 'end', listener: () => void): void;
    fontSize(size: number): void;
    text(text: string, x: number, y: number, options: TextOptions): void;
    addPage(): void;
    end(): void;
  }
  const PdfDocument: new (options: Options) => Document;
  export default PdfDocument;
}
