// RUN: heed-opt %s --heed-form-kernels --heed-lay-out | FileCheck %s
// RUN: heed-opt %s --heed-form-kernels --heed-lay-out --heed-lay-out | FileCheck %s
// RUN: heed-opt %s --heed-form-kernels --heed-lay-out=panel=16 | FileCheck %s --check-prefix=NARROW
// RUN: heed-opt %s --heed-form-kernels --heed-lay-out=panel=0 | FileCheck %s --check-prefix=NONE
// NONE-NOT: layout

!tokens = tensor<?xi32, #heed.axes<T>>
!x = tensor<?x64xf32, #heed.axes<T, 64>>
!table = tensor<512x64xf32, #heed.axes<512, 64>>
!logits = tensor<?x512xf32, #heed.axes<T, 512>>
!stack = tensor<3x64x64xf32, #heed.axes<3, 64, 64>>
!w = tensor<64x64xf32, #heed.axes<64, 64>>
heed.model @Tied digest "" precision "f32" {
// The unembedding's panels are those of its columns, the last ones filled up; layers of a stack stay apart.
// CHECK: heed.param @table : {{.*}} layout #heed.layout<d0 floordiv 48 : 11, d1 : 64, d0 mod 48>
// CHECK: heed.param @"h.*.w" stacked : {{.*}} layout #heed.layout<d0 : 3, d2 floordiv 48 : 2, d1 : 64, d2 mod 48>
// NARROW: heed.param @table : {{.*}} layout #heed.layout<d0 floordiv 16 : 32, d1 : 64, d0 mod 16>
// NARROW: heed.param @"h.*.w" stacked : {{.*}} layout #heed.layout<d0 : 3, d2 floordiv 16 : 4, d1 : 64, d2 mod 16>
heed.param @table : !table
heed.param @"h.*.w" stacked : !stack
// CHECK-LABEL: heed.entry @forward
heed.entry @forward(%tokens: !tokens {heed.input = "tokens"}, %table: !table {heed.param = @table}, %w: !stack {heed.param = @"h.*.w"})
    -> (!logits {heed.result = "y"}) attributes {sizes = ["T"], stream = "T"} {
  // The gather reads through them.
  // CHECK: heed.kernel @x rows
  // CHECK: } layouts [unit, #heed.layout<d0 floordiv 48 : 11, d1 : 64, d0 mod 48>] : (
  %x = heed.index none pointwise [t < T, d < 64] (%tokens[t], %table[data$0, d]) {
  ^bb0(%0: i64, %1: f32):
    heed.yield %1 : f32
  } : (!tokens, !table) -> !x loc("x")
  // Within a repeat, a kernel reads one layer.
  // CHECK: heed.kernel @n contract
  // CHECK: } layouts [unit, #heed.layout<d1 floordiv 48 : 2, d0 : 64, d1 mod 48>] : (
  %h = heed.repeat schedule [0, 0, 0] carries(%x : !x) stacks(%w of 0 : !stack) {
  ^bb0(%turn: i64, %c: !x, %layer: !w):
    %n = heed.index sum contraction [t < T, o < 64 | i < 64] (%c[t, i], %layer[i, o]) {
    ^bb0(%0: f32, %1: f32):
      %2 = arith.mulf %0, %1 : f32
      heed.yield %2 : f32
    } : (!x, !w) -> !x loc("n")
    heed.yield %n : !x
  } : !x
  // CHECK: heed.kernel @y contract
  // CHECK: } layouts [unit, #heed.layout<d0 floordiv 48 : 11, d1 : 64, d0 mod 48>] : (
  %y = heed.index sum contraction [t < T, v < 512 | d < 64] (%h[t, d], %table[v, d]) {
  ^bb0(%0: f32, %1: f32):
    %2 = arith.mulf %0, %1 : f32
    heed.yield %2 : f32
  } : (!x, !table) -> !logits loc("y")
  heed.return %y : !logits
}
// Of two entries that multiply with the same parameter along different axes, the larger product wins.
// CHECK-LABEL: heed.entry @back
// CHECK: heed.kernel @z contract
// CHECK: } layouts [unit, #heed.layout<d0 floordiv 48 : 11, d1 : 64, d0 mod 48>] declined ["`table` lies in the panels of `y`"] : (
heed.entry @back(%p: tensor<512xf32, #heed.axes<512>> {heed.input = "p"}, %table: !table {heed.param = @table})
    -> (tensor<64xf32, #heed.axes<64>> {heed.result = "y"}) attributes {sizes = []} {
  %z = heed.index sum contraction [d < 64 | v < 512] (%p[v], %table[v, d]) {
  ^bb0(%0: f32, %1: f32):
    %2 = arith.mulf %0, %1 : f32
    heed.yield %2 : f32
  } : (tensor<512xf32, #heed.axes<512>>, !table) -> tensor<64xf32, #heed.axes<64>> loc("z")
  heed.return %z : tensor<64xf32, #heed.axes<64>>
}
}
