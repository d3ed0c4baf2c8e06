// RUN: heed-opt %s --heed-verify-dialects=allowed=builtin,llvm -verify-diagnostics

// What a lowering forgot is named.
llvm.func @right() {
  llvm.return
}
// expected-error @below {{`func.func` is left, but only ops of builtin, llvm may be}}
func.func private @forgotten()
