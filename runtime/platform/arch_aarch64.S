// Entering and leaving compiled code on AArch64; see arch.h. The convention is
// that of runtime/abi/calling_convention.h.

// Activation.
#define ENTRY_STACK 0
#define WASM_STACK 8
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
#define FRAME 144
#define STACK 152
#define PC 160
#define UNWIND_REGISTERS_SIZE 176
// What the entry stub saves.
#define SAVED_SIZE 176

// A function that only this library sees, and that may be called indirectly.
.macro FUNCTION name, landing=c
        .globl  \name
        .hidden \name
        .type   \name, %function
        .p2align 4
\name:
        .cfi_startproc
        bti     \landing
.endm

.macro END_FUNCTION name
        .cfi_endproc
        .size   \name, . - \name
.endm

.macro OPEN_FRAME
        stp     x29, x30, [sp, #-16]!
        .cfi_def_cfa_offset 16
        .cfi_offset x29, -16
        .cfi_offset x30, -8
        mov     x29, sp
        .cfi_def_cfa x29, 16
.endm

.macro CLOSE_FRAME
        mov     sp, x29
        ldp     x29, x30, [sp], #16
        .cfi_def_cfa sp, 0
.endm

// Arguments to and from the RegisterFile at `base`.
.macro SAVE_ARGUMENTS base
        stp     q0, q1, [\base, #VECTOR(0)]
        stp     q2, q3, [\base, #VECTOR(2)]
        stp     q4, q5, [\base, #VECTOR(4)]
        stp     q6, q7, [\base, #VECTOR(6)]
        stp     x0, x1, [\base, #INTEGER(0)]
        stp     x2, x3, [\base, #INTEGER(2)]
        stp     x4, x5, [\base, #INTEGER(4)]
.endm

.macro LOAD_ARGUMENTS base
        ldp     q0, q1, [\base, #VECTOR(0)]
        ldp     q2, q3, [\base, #VECTOR(2)]
        ldp     q4, q5, [\base, #VECTOR(4)]
        ldp     q6, q7, [\base, #VECTOR(6)]
        ldp     x0, x1, [\base, #INTEGER(0)]
        ldp     x2, x3, [\base, #INTEGER(2)]
        ldp     x4, x5, [\base, #INTEGER(4)]
.endm

// Registers that calls preserve, to and from the stack.
.macro SAVE_CALLEE_SAVED offset
        stp     x19, x20, [sp, #(\offset) + 0]
        stp     x21, x22, [sp, #(\offset) + 16]
        stp     x23, x24, [sp, #(\offset) + 32]
        stp     x25, x26, [sp, #(\offset) + 48]
        stp     x27, x28, [sp, #(\offset) + 64]
        stp     d8, d9, [sp, #(\offset) + 80]
        stp     d10, d11, [sp, #(\offset) + 96]
        stp     d12, d13, [sp, #(\offset) + 112]
        stp     d14, d15, [sp, #(\offset) + 128]
.endm

.macro LOAD_CALLEE_SAVED offset
        ldp     x19, x20, [sp, #(\offset) + 0]
        ldp     x21, x22, [sp, #(\offset) + 16]
        ldp     x23, x24, [sp, #(\offset) + 32]
        ldp     x25, x26, [sp, #(\offset) + 48]
        ldp     x27, x28, [sp, #(\offset) + 64]
        ldp     d8, d9, [sp, #(\offset) + 80]
        ldp     d10, d11, [sp, #(\offset) + 96]
        ldp     d12, d13, [sp, #(\offset) + 112]
        ldp     d14, d15, [sp, #(\offset) + 128]
.endm

        .text
FUNCTION WasijitEnterWasm
        stp     x29, x30, [sp, #-SAVED_SIZE]!
        .cfi_def_cfa_offset SAVED_SIZE
        .cfi_offset x29, -SAVED_SIZE
        .cfi_offset x30, -SAVED_SIZE + 8
        mov     x29, sp
        // From here on the frame is found by x29, on whichever stack.
        .cfi_def_cfa x29, SAVED_SIZE
        SAVE_CALLEE_SAVED 16
        str     x2, [sp, #160]
        .cfi_offset x19, -160
        .cfi_offset x20, -152
        .cfi_offset x21, -144
        .cfi_offset x22, -136
        .cfi_offset x23, -128
        .cfi_offset x24, -120
        .cfi_offset x25, -112
        .cfi_offset x26, -104
        .cfi_offset x27, -96
        .cfi_offset x28, -88
        .cfi_offset d8, -80
        .cfi_offset d9, -72
        .cfi_offset d10, -64
        .cfi_offset d11, -56
        .cfi_offset d12, -48
        .cfi_offset d13, -40
        .cfi_offset d14, -32
        .cfi_offset d15, -24
        str     x29, [x3, #ENTRY_STACK]
        ldr     x9, [x3, #WASM_STACK]
        cmp     x9, #0
        csel    x9, x29, x9, eq
        mov     sp, x9
        mov     x16, x0
        mov     x20, x1
        mov     x9, x2
        LOAD_ARGUMENTS x9
        blr     x16
        .globl  wasijit_entry_return
        .hidden wasijit_entry_return
wasijit_entry_return:
        mov     sp, x29
        ldr     x9, [sp, #160]
        stp     x0, x1, [x9, #INTEGER(0)]
        stp     x2, x3, [x9, #INTEGER(2)]
        stp     q0, q1, [x9, #VECTOR(0)]
        stp     q2, q3, [x9, #VECTOR(2)]
        mov     w0, #1
.Lrestore:
        LOAD_CALLEE_SAVED 16
        ldp     x29, x30, [sp], #SAVED_SIZE
        .cfi_def_cfa sp, 0
        ret
END_FUNCTION WasijitEnterWasm

FUNCTION WasijitLeaveWasm
        .cfi_undefined x30
        ldr     x29, [x0, #ENTRY_STACK]
        mov     sp, x29
        mov     w0, #0
        b       .Lrestore
END_FUNCTION WasijitLeaveWasm

        .section wasijit_host_entry, "ax", %progbits
FUNCTION WasijitGenericHostEntry
        OPEN_FRAME
        sub     sp, sp, #REGISTER_FILE_SIZE
        SAVE_ARGUMENTS sp
        mov     x0, x20
        mov     x1, sp
        ldr     x9, [x20, #HOST_DATA]
        ldr     x9, [x9]
        blr     x9
        tbz     w0, #0, .Lthrow_pending
        ldp     x0, x1, [sp, #INTEGER(0)]
        ldp     x2, x3, [sp, #INTEGER(2)]
        ldp     q0, q1, [sp, #VECTOR(0)]
        ldp     q2, q3, [sp, #VECTOR(2)]
        .cfi_remember_state
        CLOSE_FRAME
        ret
.Lthrow_pending:
        .cfi_restore_state
        CLOSE_FRAME
        b       WasijitThrowPending
END_FUNCTION WasijitGenericHostEntry

FUNCTION WasijitThrowPending
        adrp    x9, :gottprel:_ZN7wasijit14current_threadE
        ldr     x9, [x9, #:gottprel_lo12:_ZN7wasijit14current_threadE]
        mrs     x10, tpidr_el0
        add     x9, x9, x10
        ldr     x0, [x9, #EXCEPTION]
        b       _ZN7wasijit8libcalls5ThrowEPv
END_FUNCTION WasijitThrowPending

        // Notes the registers of the caller, has them changed to those of the
        // place where the exception goes on, and goes there with what LLVM
        // expects in a landing pad: the exception and a selector.
FUNCTION _ZN7wasijit8libcalls5ThrowEPv
        OPEN_FRAME
        sub     sp, sp, #UNWIND_REGISTERS_SIZE
        SAVE_CALLEE_SAVED SAVED(0)
        ldr     x9, [x29]
        add     x10, x29, #16
        stp     x9, x10, [sp, #FRAME]
        str     x30, [sp, #PC]
        mov     x19, x0
        mov     x1, sp
        adrp    x9, wasijit_unwinder
        ldr     x9, [x9, #:lo12:wasijit_unwinder]
        blr     x9
        mov     x0, x19
        mov     x1, #0
        LOAD_CALLEE_SAVED SAVED(0)
        .cfi_undefined x30
        ldr     x16, [sp, #PC]
        ldp     x29, x10, [sp, #FRAME]
        mov     sp, x10
        br      x16
END_FUNCTION _ZN7wasijit8libcalls5ThrowEPv

        // x17: owner, x16: LazyCall, w10: function.
FUNCTION WasijitLazyEntry, jc
        OPEN_FRAME
        sub     sp, sp, #REGISTER_FILE_SIZE
        SAVE_ARGUMENTS sp
        mov     x0, x17
        mov     w1, w10
        blr     x16
        mov     x16, x0
        LOAD_ARGUMENTS sp
        CLOSE_FRAME
        br      x16
END_FUNCTION WasijitLazyEntry

        // Tail-calls ThreadState::tail_call_code with the arguments as they are.
        // The code runs in another context, and whoever called the function
        // that ends here expects its own in x20 afterwards: a frame restores
        // it. If the return address shows that such a frame is there already,
        // it serves again.
FUNCTION _ZN7wasijit8libcalls14TailCallBridgeEv
        adrp    x9, :gottprel:_ZN7wasijit14current_threadE
        ldr     x9, [x9, #:gottprel_lo12:_ZN7wasijit14current_threadE]
        mrs     x10, tpidr_el0
        add     x9, x9, x10
        ldr     x16, [x9, #TAIL_CALL_CODE]
        ldr     x17, [x9, #TAIL_CALL_CONTEXT]
        adr     x10, wasijit_bridge_return
        cmp     x30, x10
        b.eq    .Lreuse_frame
        stp     x29, x30, [sp, #-32]!
        .cfi_def_cfa_offset 32
        .cfi_offset x29, -32
        .cfi_offset x30, -24
        mov     x29, sp
        .cfi_def_cfa x29, 32
        str     x20, [sp, #16]
        .cfi_offset x20, -16
        mov     x20, x17
        blr     x16
        .globl  wasijit_bridge_return
        .hidden wasijit_bridge_return
wasijit_bridge_return:
        ldr     x20, [sp, #16]
        ldp     x29, x30, [sp], #32
        .cfi_def_cfa sp, 0
        ret
.Lreuse_frame:
        mov     x20, x17
        br      x16
END_FUNCTION _ZN7wasijit8libcalls14TailCallBridgeEv

        // This code is ready for branch target identification.
        .section .note.gnu.property, "a", %note
        .p2align 3
        .word   4
        .word   16
        .word   5
        .asciz  "GNU"
        .word   0xc0000000
        .word   4
        .word   1
        .word   0
        .section .note.GNU-stack, "", %progbits
