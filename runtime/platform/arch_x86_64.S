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

        .text
        .globl  WasijitEnterWasm
        .hidden WasijitEnterWasm
        .type   WasijitEnterWasm, @function
        .p2align 4
WasijitEnterWasm:
        .cfi_startproc
        endbr64
        pushq   %rbp
        .cfi_def_cfa_offset 16
        .cfi_offset %rbp, -16
        movq    %rsp, %rbp
        // From here on the frame is found by rbp, on whichever stack.
        .cfi_def_cfa_register %rbp
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
        movaps  VECTOR(0)(%rax), %xmm0
        movaps  VECTOR(1)(%rax), %xmm1
        movaps  VECTOR(2)(%rax), %xmm2
        movaps  VECTOR(3)(%rax), %xmm3
        movaps  VECTOR(4)(%rax), %xmm4
        movaps  VECTOR(5)(%rax), %xmm5
        movaps  VECTOR(6)(%rax), %xmm6
        movaps  VECTOR(7)(%rax), %xmm7
        movq    INTEGER(0)(%rax), %rdi
        movq    INTEGER(1)(%rax), %rsi
        movq    INTEGER(2)(%rax), %rdx
        movq    INTEGER(3)(%rax), %rcx
        movq    INTEGER(4)(%rax), %r8
        movq    INTEGER(5)(%rax), %r9
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
        .cfi_endproc
        .size   WasijitEnterWasm, . - WasijitEnterWasm

        .globl  WasijitLeaveWasm
        .hidden WasijitLeaveWasm
        .type   WasijitLeaveWasm, @function
        .p2align 4
WasijitLeaveWasm:
        .cfi_startproc
        .cfi_undefined %rip
        endbr64
        movq    ENTRY_STACK(%rdi), %rsp
        leaq    48(%rsp), %rbp
        addq    $8, %rsp
        // Drops the shadow stack's entries of the calls that never return,
        // 255 at most at a time.
        xorl    %eax, %eax
        rdsspq  %rax
        testq   %rax, %rax
        je      .Lleft
        movq    SHADOW_STACK(%rdi), %rcx
        subq    %rax, %rcx
        shrq    $3, %rcx
        movl    $255, %edx
.Lpop:
        cmpq    %rdx, %rcx
        cmovbq  %rcx, %rdx
        incsspq %rdx
        subq    %rdx, %rcx
        jne     .Lpop
.Lleft:
        xorl    %eax, %eax
        popq    %r15
        popq    %r14
        popq    %r13
        popq    %r12
        popq    %rbx
        popq    %rbp
        retq
        .cfi_endproc
        .size   WasijitLeaveWasm, . - WasijitLeaveWasm

        .section wasijit_host_entry, "ax", @progbits
        .globl  WasijitGenericHostEntry
        .hidden WasijitGenericHostEntry
        .type   WasijitGenericHostEntry, @function
        .p2align 4
WasijitGenericHostEntry:
        .cfi_startproc
        endbr64
        pushq   %rbp
        .cfi_def_cfa_offset 16
        .cfi_offset %rbp, -16
        movq    %rsp, %rbp
        .cfi_def_cfa_register %rbp
        subq    $REGISTER_FILE_SIZE, %rsp
        movq    %rdi, INTEGER(0)(%rsp)
        movq    %rsi, INTEGER(1)(%rsp)
        movq    %rdx, INTEGER(2)(%rsp)
        movq    %rcx, INTEGER(3)(%rsp)
        movq    %r8, INTEGER(4)(%rsp)
        movq    %r9, INTEGER(5)(%rsp)
        movaps  %xmm0, VECTOR(0)(%rsp)
        movaps  %xmm1, VECTOR(1)(%rsp)
        movaps  %xmm2, VECTOR(2)(%rsp)
        movaps  %xmm3, VECTOR(3)(%rsp)
        movaps  %xmm4, VECTOR(4)(%rsp)
        movaps  %xmm5, VECTOR(5)(%rsp)
        movaps  %xmm6, VECTOR(6)(%rsp)
        movaps  %xmm7, VECTOR(7)(%rsp)
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
        .cfi_endproc
        .size   WasijitGenericHostEntry, . - WasijitGenericHostEntry

        .globl  WasijitThrowPending
        .hidden WasijitThrowPending
        .type   WasijitThrowPending, @function
        .p2align 4
WasijitThrowPending:
        .cfi_startproc
        endbr64
        movq    _ZN7wasijit14current_threadE@gottpoff(%rip), %rdi
        movq    %fs:EXCEPTION(%rdi), %rdi
        jmp     _ZN7wasijit8libcalls5ThrowEPv
        .cfi_endproc
        .size   WasijitThrowPending, . - WasijitThrowPending

        // Notes the registers of the caller, has them changed to those of the
        // place where the exception goes on, and goes there with what LLVM
        // expects in a landing pad: the exception and a selector.
        .globl  _ZN7wasijit8libcalls5ThrowEPv
        .hidden _ZN7wasijit8libcalls5ThrowEPv
        .type   _ZN7wasijit8libcalls5ThrowEPv, @function
        .p2align 4
_ZN7wasijit8libcalls5ThrowEPv:
        .cfi_startproc
        endbr64
        pushq   %rbp
        .cfi_def_cfa_offset 16
        .cfi_offset %rbp, -16
        movq    %rsp, %rbp
        .cfi_def_cfa_register %rbp
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
        movl    $255, %edx
.Lunwind:
        cmpq    %rdx, %rax
        cmovbq  %rax, %rdx
        incsspq %rdx
        subq    %rdx, %rax
        jne     .Lunwind
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
        .cfi_endproc
        .size   _ZN7wasijit8libcalls5ThrowEPv, . - _ZN7wasijit8libcalls5ThrowEPv

        // r11: owner, r10: LazyCall, eax: function.
        .globl  WasijitLazyEntry
        .hidden WasijitLazyEntry
        .type   WasijitLazyEntry, @function
        .p2align 4
WasijitLazyEntry:
        .cfi_startproc
        endbr64
        pushq   %rbp
        .cfi_def_cfa_offset 16
        .cfi_offset %rbp, -16
        movq    %rsp, %rbp
        .cfi_def_cfa_register %rbp
        subq    $REGISTER_FILE_SIZE, %rsp
        movq    %rdi, INTEGER(0)(%rsp)
        movq    %rsi, INTEGER(1)(%rsp)
        movq    %rdx, INTEGER(2)(%rsp)
        movq    %rcx, INTEGER(3)(%rsp)
        movq    %r8, INTEGER(4)(%rsp)
        movq    %r9, INTEGER(5)(%rsp)
        movaps  %xmm0, VECTOR(0)(%rsp)
        movaps  %xmm1, VECTOR(1)(%rsp)
        movaps  %xmm2, VECTOR(2)(%rsp)
        movaps  %xmm3, VECTOR(3)(%rsp)
        movaps  %xmm4, VECTOR(4)(%rsp)
        movaps  %xmm5, VECTOR(5)(%rsp)
        movaps  %xmm6, VECTOR(6)(%rsp)
        movaps  %xmm7, VECTOR(7)(%rsp)
        movq    %r11, %rdi
        movl    %eax, %esi
        callq   *%r10
        movq    INTEGER(0)(%rsp), %rdi
        movq    INTEGER(1)(%rsp), %rsi
        movq    INTEGER(2)(%rsp), %rdx
        movq    INTEGER(3)(%rsp), %rcx
        movq    INTEGER(4)(%rsp), %r8
        movq    INTEGER(5)(%rsp), %r9
        movaps  VECTOR(0)(%rsp), %xmm0
        movaps  VECTOR(1)(%rsp), %xmm1
        movaps  VECTOR(2)(%rsp), %xmm2
        movaps  VECTOR(3)(%rsp), %xmm3
        movaps  VECTOR(4)(%rsp), %xmm4
        movaps  VECTOR(5)(%rsp), %xmm5
        movaps  VECTOR(6)(%rsp), %xmm6
        movaps  VECTOR(7)(%rsp), %xmm7
        leave
        .cfi_def_cfa %rsp, 8
        jmpq    *%rax
        .cfi_endproc
        .size   WasijitLazyEntry, . - WasijitLazyEntry

        // Tail-calls ThreadState::tail_call_code with the arguments as they are.
        // The code runs in another context, and whoever called the function
        // that ends here expects its own in r13 afterwards: a frame restores
        // it. If the return address shows that such a frame is there already,
        // it serves again.
        .globl  _ZN7wasijit8libcalls14TailCallBridgeEv
        .hidden _ZN7wasijit8libcalls14TailCallBridgeEv
        .type   _ZN7wasijit8libcalls14TailCallBridgeEv, @function
        .p2align 4
_ZN7wasijit8libcalls14TailCallBridgeEv:
        .cfi_startproc
        endbr64
        movq    _ZN7wasijit14current_threadE@gottpoff(%rip), %r11
        movq    %fs:TAIL_CALL_CODE(%r11), %r10
        movq    %fs:TAIL_CALL_CONTEXT(%r11), %r11
        leaq    wasijit_bridge_return(%rip), %rax
        cmpq    %rax, (%rsp)
        je      .Lreuse_frame
        pushq   %rbp
        .cfi_def_cfa_offset 16
        .cfi_offset %rbp, -16
        movq    %rsp, %rbp
        .cfi_def_cfa_register %rbp
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
        .cfi_endproc
        .size   _ZN7wasijit8libcalls14TailCallBridgeEv, . - _ZN7wasijit8libcalls14TailCallBridgeEv

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
