export function PaymentTrace() {
  return null;
}
