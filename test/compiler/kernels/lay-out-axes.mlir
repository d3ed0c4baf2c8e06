// Parameters with several columns or reduced indices, and what stays row-major, with the reason. Products of the same rows
// may share a kernel.
// RUN: heed-opt %s --heed-form-kernels --heed-lay-out | FileCheck %s

!x = tensor<?x8xf32, #heed.axes<T, 8>>
!r = tensor<5x?xf32, #heed.axes<5, T>>
!y = tensor<?x5xf32, #heed.axes<T, 5>>
!heads = tensor<?x2x4xf32, #heed.axes<T, 2, 4>>
!wide = tensor<?x2x40xf32, #heed.axes<T, 2, 40>>
heed.model @Axes digest "" precision "f32" {
// CHECK: heed.param @out : {{.*}} layout #heed.layout<d2 floordiv 48 : 1, d0 : 2, d1 : 4, d2 mod 48>
// CHECK: heed.param @in : {{.*}} layout #heed.layout<d1 : 2, d2 floordiv 48 : 1, d0 : 8, d2 mod 48>
// CHECK-NOT: layout
// CHECK: heed.entry
heed.param @out : tensor<2x4x5xf32, #heed.axes<2, 4, 5>>
heed.param @in : tensor<8x2x40xf32, #heed.axes<8, 2, 40>>
heed.param @narrow : tensor<8x2x4xf32, #heed.axes<8, 2, 4>>
heed.param @composite : tensor<16x5xf32, #heed.axes<16, 5>>
heed.param @rows : tensor<5x8xf32, #heed.axes<5, 8>>
heed.param @vector : tensor<8xf32, #heed.axes<8>>
heed.param @both : tensor<5x8xf32, #heed.axes<5, 8>>
heed.param @twice : tensor<8x5xf32, #heed.axes<8, 5>>
heed.entry @f(%x: !x {heed.input = "x"}, %h: !heads {heed.input = "h"}, %g: tensor<?x5x8xf32, #heed.axes<T, 5, 8>> {heed.input = "g"},
    %out: tensor<2x4x5xf32, #heed.axes<2, 4, 5>> {heed.param = @out}, %in: tensor<8x2x40xf32, #heed.axes<8, 2, 40>> {heed.param = @in},
    %narrow: tensor<8x2x4xf32, #heed.axes<8, 2, 4>> {heed.param = @narrow}, %composite: tensor<16x5xf32, #heed.axes<16, 5>> {heed.param = @composite},
    %rows: tensor<5x8xf32, #heed.axes<5, 8>> {heed.param = @rows}, %vector: tensor<8xf32, #heed.axes<8>> {heed.param = @vector},
    %both: tensor<5x8xf32, #heed.axes<5, 8>> {heed.param = @both}, %twice: tensor<8x5xf32, #heed.axes<8, 5>> {heed.param = @twice})
    -> (!y, !wide, !heads, !y, !r, tensor<?xf32, #heed.axes<T>>, !y, !y, tensor<40xf32, #heed.axes<40>>) attributes {sizes = ["T"]} {
  // Reduced indices in the order of the product.
  // CHECK-DAG: } layouts [unit, #heed.layout<d2 floordiv 48 : 1, d0 : 2, d1 : 4, d2 mod 48>
  %a = heed.index sum contraction [t < T, o < 5 | h < 2, e < 4] (%h[t, h, e], %out[h, e, o]) {
  ^bb0(%0: f32, %1: f32):
    %2 = arith.mulf %0, %1 : f32
    heed.yield %2 : f32
  } : (!heads, tensor<2x4x5xf32, #heed.axes<2, 4, 5>>) -> !y loc("a")
  // CHECK-DAG: } layouts [unit, #heed.layout<d1 : 2, d2 floordiv 48 : 1, d0 : 8, d2 mod 48>
  %b = heed.index sum contraction [t < T, h < 2, e < 40 | i < 8] (%x[t, i], %in[i, h, e]) {
  ^bb0(%0: f32, %1: f32):
    %2 = arith.mulf %0, %1 : f32
    heed.yield %2 : f32
  } : (!x, tensor<8x2x40xf32, #heed.axes<8, 2, 40>>) -> !wide loc("b")
  // CHECK-DAG: "`narrow` does not lie in panels: its last axis fills panels of 48 by less than two thirds"
  %c = heed.index sum contraction [t < T, h < 2, e < 4 | i < 8] (%x[t, i], %narrow[i, h, e]) {
  ^bb0(%0: f32, %1: f32):
    %2 = arith.mulf %0, %1 : f32
    heed.yield %2 : f32
  } : (!x, tensor<8x2x4xf32, #heed.axes<8, 2, 4>>) -> !heads loc("c")
  // CHECK-DAG: "`composite` does not lie in panels: not every axis of it is read by an index of its own"
  %d = heed.index sum contraction [t < T, o < 5 | h < 2, e < 4] (%h[t, h, e], %composite[h * 8 + e, o]) {
  ^bb0(%0: f32, %1: f32):
    %2 = arith.mulf %0, %1 : f32
    heed.yield %2 : f32
  } : (!heads, tensor<16x5xf32, #heed.axes<16, 5>>) -> !y loc("d")
  // CHECK-DAG: "`rows` does not lie in panels: its columns are not the product's last indices"
  %e = heed.index sum contraction [o < 5, t < T | i < 8] (%rows[o, i], %x[t, i]) {
  ^bb0(%0: f32, %1: f32):
    %2 = arith.mulf %0, %1 : f32
    heed.yield %2 : f32
  } : (tensor<5x8xf32, #heed.axes<5, 8>>, !x) -> !r loc("e")
  // CHECK-DAG: "`vector` does not lie in panels: it has no columns"
  %f = heed.kernel @f contract (%x, %vector) {
  ^bb0(%l: !x, %r: tensor<8xf32, #heed.axes<8>>):
    %p = heed.index sum contraction [t < T | i < 8] (%l[t, i], %r[i]) {
    ^bb0(%0: f32, %1: f32):
      %2 = arith.mulf %0, %1 : f32
      heed.yield %2 : f32
    } : (!x, tensor<8xf32, #heed.axes<8>>) -> tensor<?xf32, #heed.axes<T>>
    heed.yield %p : tensor<?xf32, #heed.axes<T>>
  } : (!x, tensor<8xf32, #heed.axes<8>>) -> tensor<?xf32, #heed.axes<T>>
  // CHECK-DAG: "`both` does not lie in panels: an index runs along rows and columns"
  %k = heed.kernel @k contract (%g, %both) {
  ^bb0(%l: tensor<?x5x8xf32, #heed.axes<T, 5, 8>>, %r: tensor<5x8xf32, #heed.axes<5, 8>>):
    %p = heed.index sum contraction [t < T, o < 5 | i < 8] (%l[t, o, i], %r[o, i]) {
    ^bb0(%0: f32, %1: f32):
      %2 = arith.mulf %0, %1 : f32
      heed.yield %2 : f32
    } : (tensor<?x5x8xf32, #heed.axes<T, 5, 8>>, tensor<5x8xf32, #heed.axes<5, 8>>) -> !y
    heed.yield %p : !y
  } : (tensor<?x5x8xf32, #heed.axes<T, 5, 8>>, tensor<5x8xf32, #heed.axes<5, 8>>) -> !y
  // CHECK-DAG: "`twice` does not lie in panels: it is also reshaped"
  %m = heed.index sum contraction [t < T, o < 5 | i < 8] (%x[t, i], %twice[i, o]) {
  ^bb0(%0: f32, %1: f32):
    %2 = arith.mulf %0, %1 : f32
    heed.yield %2 : f32
  } : (!x, tensor<8x5xf32, #heed.axes<8, 5>>) -> !y loc("m")
  %n = heed.reshape %twice : tensor<8x5xf32, #heed.axes<8, 5>> -> tensor<40xf32, #heed.axes<40>>
  heed.return %a, %b, %c, %d, %e, %f, %k, %m, %n : !y, !wide, !heads, !y, !r, tensor<?xf32, #heed.axes<T>>, !y, !y, tensor<40xf32, #heed.axes<40>>
}
}
