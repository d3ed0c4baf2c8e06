// ICU's data, but only what normal forms NFKC and NFKD are made by; all else that is asked of ICU here is compiled into
// its code. The symbol is the one by which ICU's own archive of data, of 31 MB, is known.
#include <unicode/utypes.h>

#define TEXT_OF(symbol) TEXT(symbol)
#define TEXT(symbol) #symbol

// clang-format off
asm(".section .rodata.icudata,\"a\",@progbits\n"
    ".balign 16\n"
    ".globl " TEXT_OF(U_ICUDATA_ENTRY_POINT) "\n"
    TEXT_OF(U_ICUDATA_ENTRY_POINT) ":\n"
    ".incbin \"" HEED_ICU_DATA "\"\n"
    ".text\n");
