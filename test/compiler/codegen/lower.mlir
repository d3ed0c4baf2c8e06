// RUN: heed-opt %s --pass-pipeline='builtin.module(heed-to-llvm{backend=plain})' | FileCheck %s

!x = tensor<?xbf16, #heed.axes<T>>

// Math that LLVM has is an intrinsic, the rest a call of libm; bf16 is widened and rounded by integer arithmetic: no helper of a compiler's library. What
// the model says of itself stays with the module.
// CHECK: heed.model = {
// CHECK: llvm.func @erff(f32) -> f32
// CHECK-LABEL: llvm.func @y(
// CHECK-NOT: llvm.fpext
// CHECK: llvm.shl
// CHECK: llvm.intr.exp
// CHECK: llvm.call @erff
// CHECK-NOT: llvm.fptrunc
// CHECK: llvm.lshr
// CHECK-LABEL: llvm.func @y.range(
// CHECK-NOT: unrealized_conversion_cast
heed.model @Math digest "" precision "bf16" {
heed.entry @forward(%x: !x {heed.input = "x"}) -> (!x {heed.result = "y"}) attributes {sizes = ["T"]} {
  %y = heed.index none pointwise [t < T] (%x[t]) {
  ^bb0(%0: f32):
    %1 = math.exp %0 : f32
    %2 = math.erf %1 : f32
    heed.yield %2 : f32
  } : (!x) -> !x loc("y")
  heed.return %y : !x
}
}
