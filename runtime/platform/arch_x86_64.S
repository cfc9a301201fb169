// Entering and leaving compiled code on x86-64; see arch.h. The convention is
// that of runtime/abi/calling_convention.h.

// Activation.
#define ENTRY_STACK 0
#define WASM_STACK 8
#define SHADOW_STACK 16
// RegisterFile.
#define INTEGER(n) (8 * (n))
#define VECTOR(n) (48 + 16 * (n))
#define REGISTER_FILE_SIZE 176
// VmHostContext.
#define HOST_DATA 8
// ThreadState.
#define TAIL_CALL_CODE 56
#define TAIL_CALL_CONTEXT 64
#define EXCEPTION 72
// UnwindRegisters.
#define SAVED(n) (8 * (n))
#define FRAME 40
#define STACK 48
#define PC 56
#define UNWIND_REGISTERS_SIZE 64

// A function that only this library sees, and that may be called indirectly.
.macro FUNCTION name
        .globl  \name
        .hidden \name
        .type   \name, @function
        .p2align 4
\name:
        .cfi_startproc
        endbr64
.endm

.macro END_FUNCTION name
        .cfi_endproc
        .size   \name, . - \name
.endm

.macro OPEN_FRAME
        pushq   %rbp
        .cfi_def_cfa_offset 16
        .cfi_offset %rbp, -16
        movq    %rsp, %rbp
        .cfi_def_cfa_register %rbp
.endm

// Arguments to and from the RegisterFile at `base`; rax may be the base.
.macro SAVE_ARGUMENTS base
        movq    %rdi, INTEGER(0)(\base)
        movq    %rsi, INTEGER(1)(\base)
        movq    %rdx, INTEGER(2)(\base)
        movq    %rcx, INTEGER(3)(\base)
        movq    %r8, INTEGER(4)(\base)
        movq    %r9, INTEGER(5)(\base)
.irp n, 0, 1, 2, 3, 4, 5, 6, 7
        movaps  %xmm\n, VECTOR(\n)(\base)
.endr
.endm

.macro LOAD_ARGUMENTS base
        movq    INTEGER(0)(\base), %rdi
        movq    INTEGER(1)(\base), %rsi
        movq    INTEGER(2)(\base), %rdx
        movq    INTEGER(3)(\base), %rcx
        movq    INTEGER(4)(\base), %r8
        movq    INTEGER(5)(\base), %r9
.irp n, 0, 1, 2, 3, 4, 5, 6, 7
        movaps  VECTOR(\n)(\base), %xmm\n
.endr
.endm

// Drops so many entries of the shadow stack, 255 at most at a time. Changes rdx.
.macro POP_SHADOW_STACK count
        movl    $255, %edx
0:
        cmpq    %rdx, \count
        cmovbq  \count, %rdx
        incsspq %rdx
        subq    %rdx, \count
        jne     0b
.endm

        .text
FUNCTION WasijitEnterWasm
        // From here on the frame is found by rbp, on whichever stack.
        OPEN_FRAME
        pushq   %rbx
        pushq   %r12
        pushq   %r13
        pushq   %r14
        pushq   %r15
        pushq   %rdx
        .cfi_offset %rbx, -24
        .cfi_offset %r12, -32
        .cfi_offset %r13, -40
        .cfi_offset %r14, -48
        .cfi_offset %r15, -56
        movq    %rsp, ENTRY_STACK(%rcx)
        // Leaves rax alone where there is no shadow stack.
        xorl    %eax, %eax
        rdsspq  %rax
        movq    %rax, SHADOW_STACK(%rcx)
        movq    WASM_STACK(%rcx), %rax
        testq   %rax, %rax
        cmovneq %rax, %rsp
        movq    %rdi, %r10
        movq    %rsi, %r13
        movq    %rdx, %rax
        LOAD_ARGUMENTS %rax
        callq   *%r10
        .globl  wasijit_entry_return
        .hidden wasijit_entry_return
wasijit_entry_return:
        leaq    -48(%rbp), %rsp
        popq    %r10
        movq    %rax, INTEGER(0)(%r10)
        movq    %rdx, INTEGER(1)(%r10)
        movq    %rcx, INTEGER(2)(%r10)
        movq    %r8, INTEGER(3)(%r10)
        movaps  %xmm0, VECTOR(0)(%r10)
        movaps  %xmm1, VECTOR(1)(%r10)
        movaps  %xmm2, VECTOR(2)(%r10)
        movaps  %xmm3, VECTOR(3)(%r10)
        movl    $1, %eax
        popq    %r15
        popq    %r14
        popq    %r13
        popq    %r12
        popq    %rbx
        popq    %rbp
        .cfi_def_cfa %rsp, 8
        retq
END_FUNCTION WasijitEnterWasm

FUNCTION WasijitLeaveWasm
        .cfi_undefined %rip
        movq    ENTRY_STACK(%rdi), %rsp
        leaq    48(%rsp), %rbp
        addq    $8, %rsp
        // The calls that never return have entries on the shadow stack.
        xorl    %eax, %eax
        rdsspq  %rax
        testq   %rax, %rax
        je      .Lleft
        movq    SHADOW_STACK(%rdi), %rcx
        subq    %rax, %rcx
        shrq    $3, %rcx
        POP_SHADOW_STACK %rcx
.Lleft:
        xorl    %eax, %eax
        popq    %r15
        popq    %r14
        popq    %r13
        popq    %r12
        popq    %rbx
        popq    %rbp
        retq
END_FUNCTION WasijitLeaveWasm

        .section wasijit_host_entry, "ax", @progbits
FUNCTION WasijitGenericHostEntry
        OPEN_FRAME
        subq    $REGISTER_FILE_SIZE, %rsp
        SAVE_ARGUMENTS %rsp
        movq    %r13, %rdi
        movq    %rsp, %rsi
        movq    HOST_DATA(%r13), %rax
        callq   *(%rax)
        testb   %al, %al
        je      .Lthrow_pending
        movq    INTEGER(0)(%rsp), %rax
        movq    INTEGER(1)(%rsp), %rdx
        movq    INTEGER(2)(%rsp), %rcx
        movq    INTEGER(3)(%rsp), %r8
        movaps  VECTOR(0)(%rsp), %xmm0
        movaps  VECTOR(1)(%rsp), %xmm1
        movaps  VECTOR(2)(%rsp), %xmm2
        movaps  VECTOR(3)(%rsp), %xmm3
        leave
        .cfi_remember_state
        .cfi_def_cfa %rsp, 8
        retq
.Lthrow_pending:
        .cfi_restore_state
        leave
        .cfi_def_cfa %rsp, 8
        jmp     WasijitThrowPending
END_FUNCTION WasijitGenericHostEntry

FUNCTION WasijitThrowPending
        movq    _ZN7wasijit14current_threadE@gottpoff(%rip), %rdi
        movq    %fs:EXCEPTION(%rdi), %rdi
        jmp     _ZN7wasijit8libcalls5ThrowEPv
END_FUNCTION WasijitThrowPending

        // Notes the registers of the caller, has them changed to those of the
        // place where the exception goes on, and goes there with what LLVM
        // expects in a landing pad: the exception and a selector.
FUNCTION _ZN7wasijit8libcalls5ThrowEPv
        OPEN_FRAME
        subq    $UNWIND_REGISTERS_SIZE, %rsp
        movq    %rbx, SAVED(0)(%rsp)
        movq    %r12, SAVED(1)(%rsp)
        movq    %r13, SAVED(2)(%rsp)
        movq    %r14, SAVED(3)(%rsp)
        movq    %r15, SAVED(4)(%rsp)
        movq    (%rbp), %rax
        movq    %rax, FRAME(%rsp)
        leaq    16(%rbp), %rax
        movq    %rax, STACK(%rsp)
        movq    8(%rbp), %rax
        movq    %rax, PC(%rsp)
        movq    %rdi, %rbx
        movq    %rsp, %rsi
        callq   *wasijit_unwinder(%rip)
        // As in WasijitLeaveWasm, for as many frames as are left.
        xorl    %ecx, %ecx
        rdsspq  %rcx
        testq   %rcx, %rcx
        je      .Lunwound
        POP_SHADOW_STACK %rax
.Lunwound:
        movq    %rbx, %rax
        xorl    %edx, %edx
        movq    SAVED(0)(%rsp), %rbx
        movq    SAVED(1)(%rsp), %r12
        movq    SAVED(2)(%rsp), %r13
        movq    SAVED(3)(%rsp), %r14
        movq    SAVED(4)(%rsp), %r15
        movq    FRAME(%rsp), %rbp
        .cfi_undefined %rip
        movq    PC(%rsp), %rcx
        movq    STACK(%rsp), %rsp
        jmpq    *%rcx
END_FUNCTION _ZN7wasijit8libcalls5ThrowEPv

        // r11: owner, r10: LazyCall, eax: function.
FUNCTION WasijitLazyEntry
        OPEN_FRAME
        subq    $REGISTER_FILE_SIZE, %rsp
        SAVE_ARGUMENTS %rsp
        movq    %r11, %rdi
        movl    %eax, %esi
        callq   *%r10
        LOAD_ARGUMENTS %rsp
        leave
        .cfi_def_cfa %rsp, 8
        jmpq    *%rax
END_FUNCTION WasijitLazyEntry

        // Tail-calls ThreadState::tail_call_code with the arguments as they are.
        // The code runs in another context, and whoever called the function
        // that ends here expects its own in r13 afterwards: a frame restores
        // it. If the return address shows that such a frame is there already,
        // it serves again.
FUNCTION _ZN7wasijit8libcalls14TailCallBridgeEv
        movq    _ZN7wasijit14current_threadE@gottpoff(%rip), %r11
        movq    %fs:TAIL_CALL_CODE(%r11), %r10
        movq    %fs:TAIL_CALL_CONTEXT(%r11), %r11
        leaq    wasijit_bridge_return(%rip), %rax
        cmpq    %rax, (%rsp)
        je      .Lreuse_frame
        OPEN_FRAME
        pushq   %r13
        .cfi_offset %r13, -24
        subq    $8, %rsp
        movq    %r11, %r13
        callq   *%r10
        .globl  wasijit_bridge_return
        .hidden wasijit_bridge_return
wasijit_bridge_return:
        movq    -8(%rbp), %r13
        leave
        .cfi_def_cfa %rsp, 8
        retq
.Lreuse_frame:
        movq    %r11, %r13
        jmpq    *%r10
END_FUNCTION _ZN7wasijit8libcalls14TailCallBridgeEv

        // This code is ready for indirect branch tracking and shadow stacks.
        .section .note.gnu.property, "a", @note
        .p2align 3
        .long   4
        .long   16
        .long   5
        .asciz  "GNU"
        .long   0xc0000002
        .long   4
        .long   3
        .long   0
        .section .note.GNU-stack, "", @progbits
