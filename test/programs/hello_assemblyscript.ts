// The compiler's standard library no longer speaks WASI: the import is
// declared here.
@external("wasi_snapshot_preview1", "fd_write")
declare function fd_write(fd: u32, iovs: usize, iovsLength: u32, written: usize): u32;

function print(text: string): void {
  const bytes = String.UTF8.encode(text + "\n");
  const iov = memory.data(8);
  const written = memory.data(4);
  store<usize>(iov, changetype<usize>(bytes));
  store<u32>(iov, bytes.byteLength, 4);
  fd_write(1, iov, 1, written);
}

export function _start(): void {
  print("Hello from AssemblyScript");
}
