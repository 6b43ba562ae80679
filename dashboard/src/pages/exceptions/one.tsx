export function OneException() {
  return null;
}
