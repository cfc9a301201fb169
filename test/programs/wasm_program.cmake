# wasm_program(<output> <source> [FLAG...]) builds one guest program from one
# source file; the toolchain follows from the source's suffix.
#
#   .c .cc  clang for wasm32-wasi with wasi-libc, libc++ and compiler-rt
#   .rs     rustc with the standard library for wasm32-wasi
#   .ts     AssemblyScript's asc
#   .wat    wat2wasm
#
# wasm_toolchain_absence(<variable> <source>) sets the variable to the reason
# why the source cannot be built here, or to nothing when it can. Whoever
# lists programs decides what absence means; nothing is skipped in here.
include_guard(DIRECTORY)

find_program(WASIJIT_WASM_CLANG clang-22)
find_program(WASIJIT_WASM_CLANGXX clang++-22)
find_program(WASIJIT_WASM_LD NAMES wasm-ld-22 wasm-ld)
find_program(WASIJIT_LLVM_AR NAMES llvm-ar-22 llvm-ar)
find_program(WASIJIT_WAT2WASM wat2wasm)
find_program(WASIJIT_ASC asc)
# The distribution's rustc: one installed in a home directory seldom has the
# WASI standard library.
find_program(WASIJIT_RUSTC rustc PATHS /usr/bin NO_DEFAULT_PATH)
find_package(Python3 COMPONENTS Interpreter REQUIRED)

set(WASM_PROGRAM_DIR ${CMAKE_CURRENT_LIST_DIR})

# The older name of the target is the one that the sysroot is laid out for.
# Contraction is off so that floating-point results do not depend on the
# target; wasm-opt is never run, so that the output does not depend on whether
# the machine has it.
set(WASM_CLANG_FLAGS --target=wasm32-wasi -Wno-deprecated -Wall -Wextra -Werror
    -ffp-contract=off --no-wasm-opt)

function(wasm_rust_library_exists result)
  if(NOT DEFINED CACHE{WASIJIT_RUST_HAS_WASI})
    execute_process(
      COMMAND ${WASIJIT_RUSTC} --target wasm32-wasi --print target-libdir
      OUTPUT_VARIABLE directory OUTPUT_STRIP_TRAILING_WHITESPACE ERROR_QUIET)
    if(directory AND EXISTS ${directory})
      file(GLOB standard_library ${directory}/libstd-*.rlib)
    endif()
    if(standard_library)
      set(WASIJIT_RUST_HAS_WASI TRUE CACHE INTERNAL "")
    else()
      set(WASIJIT_RUST_HAS_WASI FALSE CACHE INTERNAL "")
    endif()
  endif()
  set(${result} ${WASIJIT_RUST_HAS_WASI} PARENT_SCOPE)
endfunction()

function(wasm_toolchain_absence result source)
  get_filename_component(suffix ${source} LAST_EXT)
  set(reason "")
  if(suffix STREQUAL ".rs")
    if(NOT WASIJIT_RUSTC)
      set(reason "no rustc in /usr/bin (Debian package rustc)")
    else()
      wasm_rust_library_exists(exists)
      if(NOT exists)
        set(reason "no Rust library for wasm32-wasi "
                   "(Debian package libstd-rust-dev-wasm32)")
      endif()
    endif()
  elseif(suffix STREQUAL ".ts" AND NOT WASIJIT_ASC)
    set(reason "no asc on the path (npm package assemblyscript)")
  elseif(suffix STREQUAL ".wat" AND NOT WASIJIT_WAT2WASM)
    set(reason "no wat2wasm (Debian package wabt)")
  elseif(suffix MATCHES "^[.](c|cc)$")
    if(NOT WASIJIT_WASM_CLANGXX OR NOT WASIJIT_WASM_LD)
      set(reason "no clang-22 or wasm-ld-22 (Debian packages clang-22, lld-22)")
    elseif(NOT EXISTS /usr/lib/wasm32-wasi/libc.a)
      set(reason "no C library for wasm32-wasi (Debian package wasi-libc)")
    endif()
  endif()
  list(JOIN reason "" reason)
  set(${result} "${reason}" PARENT_SCOPE)
endfunction()

function(wasm_program output source)
  get_filename_component(source ${source} ABSOLUTE)
  get_filename_component(suffix ${source} LAST_EXT)
  set(depends ${source})
  if(suffix STREQUAL ".c")
    set(command ${WASIJIT_WASM_CLANG} -std=c17 -D_GNU_SOURCE
        ${WASM_CLANG_FLAGS} ${ARGN} -MD -MF ${output}.d -o ${output} ${source})
  elseif(suffix STREQUAL ".cc")
    set(command ${WASIJIT_WASM_CLANGXX} -std=c++20 -fno-exceptions
        ${WASM_CLANG_FLAGS} ${ARGN} -MD -MF ${output}.d -o ${output} ${source})
  elseif(suffix STREQUAL ".rs")
    list(APPEND depends ${WASM_PROGRAM_DIR}/rust_linker.py)
    set(command ${CMAKE_COMMAND} -E env WASM_LD=${WASIJIT_WASM_LD}
        LLVM_AR=${WASIJIT_LLVM_AR} ${WASIJIT_RUSTC} --edition 2021
        --target wasm32-wasi -D warnings -C opt-level=3 -C strip=debuginfo
        -C linker=${WASM_PROGRAM_DIR}/rust_linker.py ${ARGN}
        -o ${output} ${source})
  elseif(suffix STREQUAL ".ts")
    set(command ${WASIJIT_ASC} ${source} --use abort= --runtime stub ${ARGN}
        -o ${output})
  elseif(suffix STREQUAL ".wat")
    set(command ${WASIJIT_WAT2WASM} --debug-names ${ARGN} ${source}
        -o ${output})
  else()
    message(FATAL_ERROR "${source}: no toolchain for the suffix ${suffix}")
  endif()
  set(depfile "")
  if(suffix MATCHES "^[.](c|cc)$")
    set(depfile DEPFILE ${output}.d)
  endif()
  get_filename_component(name ${output} NAME)
  add_custom_command(OUTPUT ${output} COMMAND ${command} DEPENDS ${depends}
                     ${depfile} COMMENT "Building guest program ${name}"
                     VERBATIM)
endfunction()
