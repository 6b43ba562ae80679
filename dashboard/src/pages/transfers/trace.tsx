export function TransferTrace() {
  return null;
}
