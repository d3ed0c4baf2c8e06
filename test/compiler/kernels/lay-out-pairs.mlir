// RUN: heed-opt %s --heed-form-kernels --heed-lay-out=pairs | FileCheck %s

!x = tensor<?x40xbf16, #heed.axes<T, 40>>
!f = tensor<?x40xf32, #heed.axes<T, 40>>
!w = tensor<40x64xbf16, #heed.axes<40, 64>>
!y = tensor<?x64xbf16, #heed.axes<T, 64>>
!heads = tensor<?x4x10xbf16, #heed.axes<T, 4, 10>>
!out = tensor<4x10x64xbf16, #heed.axes<4, 10, 64>>
heed.model @Pairs digest "" precision "bf16" {
// The depth is filled up to whole steps of tile registers, 64 for 40.
// CHECK: heed.param @w : {{.*}} layout #heed.layout<d1 floordiv 48 : 2, d0 floordiv 2 : 32, d1 mod 48, d0 mod 2>
heed.param @w : !w
// Nothing multiplies it with bf16.
// CHECK: heed.param @v : {{.*}} layout #heed.layout<d1 floordiv 48 : 2, d0 : 40, d1 mod 48>
heed.param @v : !w
// Zeros would come between the heads.
// CHECK: heed.param @out : {{.*}} layout #heed.layout<d2 floordiv 48 : 2, d0 : 4, d1 : 10, d2 mod 48>
heed.param @out : !out
heed.entry @forward(%x: !x {heed.input = "x"}, %f: !f {heed.input = "f"}, %h: !heads {heed.input = "h"}, %w: !w {heed.param = @w}, %v: !w {heed.param = @v}, %out: !out {heed.param = @out})
    -> (!y {heed.result = "a"}, !y {heed.result = "b"}, !y {heed.result = "c"}) attributes {sizes = ["T"]} {
  %a = heed.index sum contraction [t < T, o < 64 | i < 40] (%x[t, i], %w[i, o]) {
  ^bb0(%0: f32, %1: f32):
    %2 = arith.mulf %0, %1 : f32
    heed.yield %2 : f32
  } : (!x, !w) -> !y loc("a")
  %b = heed.index sum contraction [t < T, o < 64 | i < 40] (%f[t, i], %v[i, o]) {
  ^bb0(%0: f32, %1: f32):
    %2 = arith.mulf %0, %1 : f32
    heed.yield %2 : f32
  } : (!f, !w) -> !y loc("b")
  %c = heed.index sum contraction [t < T, o < 64 | h < 4, e < 10] (%h[t, h, e], %out[h, e, o]) {
  ^bb0(%0: f32, %1: f32):
    %2 = arith.mulf %0, %1 : f32
    heed.yield %2 : f32
  } : (!heads, !out) -> !y loc("c")
  heed.return %a, %b, %c : !y, !y, !y
}
}
