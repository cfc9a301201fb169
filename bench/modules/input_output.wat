;; Calls of WASI by the hundred, through file descriptors that wasi_bench.cc
;; chooses.
(module
  (import "wasi_snapshot_preview1" "fd_read"
    (func $fd_read (param i32 i32 i32 i32) (result i32)))
  (import "wasi_snapshot_preview1" "fd_write"
    (func $fd_write (param i32 i32 i32 i32) (result i32)))
  (import "wasi_snapshot_preview1" "fd_pread"
    (func $fd_pread (param i32 i32 i32 i64 i32) (result i32)))
  (import "wasi_snapshot_preview1" "fd_pwrite"
    (func $fd_pwrite (param i32 i32 i32 i64 i32) (result i32)))
  (import "wasi_snapshot_preview1" "fd_seek"
    (func $fd_seek (param i32 i64 i32 i32) (result i32)))
  (import "wasi_snapshot_preview1" "fd_tell"
    (func $fd_tell (param i32 i32) (result i32)))
  (import "wasi_snapshot_preview1" "clock_time_get"
    (func $clock_time_get (param i32 i64 i32) (result i32)))
  (import "wasi_snapshot_preview1" "fd_filestat_get"
    (func $fd_filestat_get (param i32 i32) (result i32)))
  (import "wasi_snapshot_preview1" "path_filestat_get"
    (func $path_filestat_get (param i32 i32 i32 i32 i32) (result i32)))
  (import "wasi_snapshot_preview1" "path_open"
    (func $path_open (param i32 i32 i32 i32 i32 i64 i64 i32 i32) (result i32)))
  (import "wasi_snapshot_preview1" "fd_close"
    (func $fd_close (param i32) (result i32)))
  (import "wasi_snapshot_preview1" "fd_readdir"
    (func $fd_readdir (param i32 i32 i32 i64 i32) (result i32)))
  (memory (export "memory") 32)
  (data (i32.const 512) "file")

  ;; One vector at 0: the buffer at 64 KiB, `size` long.
  (func $prepare (param $size i32)
    (i32.store (i32.const 0) (i32.const 0x10000))
    (i32.store (i32.const 4) (local.get $size)))

  ;; Each function does its calls `n` times and returns the first errno that is
  ;; not 0.
  (func (export "write") (param $fd i32) (param $size i32) (param $n i32)
    (result i32)
    (local $errno i32)
    (call $prepare (local.get $size))
    (loop $again
      (if (local.tee $errno
            (call $fd_write (local.get $fd) (i32.const 0) (i32.const 1)
                  (i32.const 8)))
        (then (return (local.get $errno))))
      (br_if $again
        (local.tee $n (i32.sub (local.get $n) (i32.const 1)))))
    (i32.const 0))
  (func (export "read") (param $fd i32) (param $size i32) (param $n i32)
    (result i32)
    (local $errno i32)
    (call $prepare (local.get $size))
    (loop $again
      (if (local.tee $errno
            (call $fd_seek (local.get $fd) (i64.const 0) (i32.const 0)
                           (i32.const 16)))
        (then (return (local.get $errno))))
      (if (local.tee $errno
            (call $fd_read (local.get $fd) (i32.const 0) (i32.const 1)
                  (i32.const 8)))
        (then (return (local.get $errno))))
      (br_if $again
        (local.tee $n (i32.sub (local.get $n) (i32.const 1)))))
    (i32.const 0))
  (func (export "seek_and_write") (param $fd i32) (param $size i32) (param $n i32)
    (result i32)
    (local $errno i32)
    (call $prepare (local.get $size))
    (loop $again
      (if (local.tee $errno
            (call $fd_seek (local.get $fd) (i64.const 0) (i32.const 0)
                           (i32.const 16)))
        (then (return (local.get $errno))))
      (if (local.tee $errno
            (call $fd_write (local.get $fd) (i32.const 0) (i32.const 1)
                  (i32.const 8)))
        (then (return (local.get $errno))))
      (br_if $again
        (local.tee $n (i32.sub (local.get $n) (i32.const 1)))))
    (i32.const 0))
  (func (export "pread") (param $fd i32) (param $size i32) (param $n i32)
    (result i32)
    (local $errno i32)
    (call $prepare (local.get $size))
    (loop $again
      (if (local.tee $errno
            (call $fd_pread (local.get $fd) (i32.const 0) (i32.const 1)
                  (i64.const 0) (i32.const 8)))
        (then (return (local.get $errno))))
      (br_if $again
        (local.tee $n (i32.sub (local.get $n) (i32.const 1)))))
    (i32.const 0))
  (func (export "pwrite") (param $fd i32) (param $size i32) (param $n i32)
    (result i32)
    (local $errno i32)
    (call $prepare (local.get $size))
    (loop $again
      (if (local.tee $errno
            (call $fd_pwrite (local.get $fd) (i32.const 0) (i32.const 1)
                  (i64.const 0) (i32.const 8)))
        (then (return (local.get $errno))))
      (br_if $again
        (local.tee $n (i32.sub (local.get $n) (i32.const 1)))))
    (i32.const 0))
  (func (export "clock") (param $fd i32) (param $size i32) (param $n i32)
    (result i32)
    (local $errno i32)
    (loop $again
      (if (local.tee $errno
            (call $clock_time_get (i32.const 1) (i64.const 0) (i32.const 16)))
        (then (return (local.get $errno))))
      (br_if $again
        (local.tee $n (i32.sub (local.get $n) (i32.const 1)))))
    (i32.const 0))
  (func (export "stat_fd") (param $fd i32) (param $size i32) (param $n i32)
    (result i32)
    (local $errno i32)
    (loop $again
      (if (local.tee $errno
            (call $fd_filestat_get (local.get $fd) (i32.const 64)))
        (then (return (local.get $errno))))
      (br_if $again
        (local.tee $n (i32.sub (local.get $n) (i32.const 1)))))
    (i32.const 0))
  ;; Of "file".
  (func (export "stat_path") (param $fd i32) (param $size i32) (param $n i32)
    (result i32)
    (local $errno i32)
    (loop $again
      (if (local.tee $errno
            (call $path_filestat_get (local.get $fd) (i32.const 1)
                                     (i32.const 512) (i32.const 4)
                                     (i32.const 64)))
        (then (return (local.get $errno))))
      (br_if $again
        (local.tee $n (i32.sub (local.get $n) (i32.const 1)))))
    (i32.const 0))
  (func (export "open_and_close") (param $fd i32) (param $size i32) (param $n i32)
    (result i32)
    (local $errno i32)
    (loop $again
      (if (local.tee $errno
            (call $path_open (local.get $fd) (i32.const 1)
                             (i32.const 512) (i32.const 4) (i32.const 0)
                             (i64.const 2) (i64.const 0) (i32.const 0)
                             (i32.const 16)))
        (then (return (local.get $errno))))
      (if (local.tee $errno
            (call $fd_close (i32.load (i32.const 16))))
        (then (return (local.get $errno))))
      (br_if $again
        (local.tee $n (i32.sub (local.get $n) (i32.const 1)))))
    (i32.const 0))
  ;; All of it, in one buffer.
  (func (export "read_directory") (param $fd i32) (param $size i32) (param $n i32)
    (result i32)
    (local $errno i32)
    (loop $again
      (if (local.tee $errno
            (call $fd_readdir (local.get $fd) (i32.const 0x10000)
                              (local.get $size) (i64.const 0)
                              (i32.const 16)))
        (then (return (local.get $errno))))
      (br_if $again
        (local.tee $n (i32.sub (local.get $n) (i32.const 1)))))
    (i32.const 0))
  ;; Of a descriptor that is not open.
  (func (export "refused") (param $fd i32) (param $size i32) (param $n i32)
    (result i32)
    (loop $again
      (drop (call $fd_tell (local.get $fd) (i32.const 16)))
      (br_if $again
        (local.tee $n (i32.sub (local.get $n) (i32.const 1)))))
    (i32.const 0)))
