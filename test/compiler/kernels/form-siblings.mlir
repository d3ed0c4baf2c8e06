// RUN: heed-opt %s --heed-form-kernels | FileCheck %s
!_T_8 = tensor<?x8xf32, #heed.axes<T, 8>>
!_8_8 = tensor<8x8xf32, #heed.axes<8, 8>>
!_8_4 = tensor<8x4xf32, #heed.axes<8, 4>>
!_T_4 = tensor<?x4xf32, #heed.axes<T, 4>>
!_T = tensor<?xf32, #heed.axes<T>>
!_8_T_8 = tensor<8x?x8xf32, #heed.axes<8, T, 8>>

heed.model @M digest "" precision "f32" {

// What multiplies the same rows is one kernel, whatever the number of columns: the rows are read once.
// CHECK-LABEL: heed.entry @qkv
// CHECK: %[[r:.*]]:2 = heed.kernel @q contract (%x, %wq, %wk) {
// CHECK: heed.index sum contraction [t < T, o < 8 | i < 8]
// CHECK: heed.index sum contraction [t < T, o < 4 | i < 8]
// CHECK: heed.return %[[r]]#0, %[[r]]#1
heed.entry @qkv(%x: !_T_8 {heed.input = "x"}, %wq: !_8_8 {heed.input = "wq"}, %wk: !_8_4 {heed.input = "wk"})
    -> (!_T_8 {heed.result = "q"}, !_T_4 {heed.result = "k"}) attributes {sizes = ["T"]} {
  %q = heed.index sum contraction [t < T, o < 8 | i < 8] (%x[t, i], %wq[i, o]) {
  ^bb0(%0: f32, %1: f32):
    %r = arith.mulf %0, %1 : f32
    heed.yield %r : f32
  } : (!_T_8, !_8_8) -> !_T_8 loc("q")
  %k = heed.index sum contraction [t < T, o < 4 | i < 8] (%x[t, i], %wk[i, o]) {
  ^bb0(%0: f32, %1: f32):
    %r = arith.mulf %0, %1 : f32
    heed.yield %r : f32
  } : (!_T_8, !_8_4) -> !_T_4 loc("k")
  heed.return %q, %k : !_T_8, !_T_4
}

// One that needs the other is no sibling.
// CHECK-LABEL: heed.entry @chain
// CHECK: %[[a:.*]] = heed.kernel @a contract (%x, %w)
// CHECK: declined ["`b` multiplies the same rows, but needs `a`"]
// CHECK: heed.kernel @b contract (%x, %[[a]])
heed.entry @chain(%x: !_8_8 {heed.input = "x"}, %w: !_8_8 {heed.input = "w"})
    -> (!_8_8 {heed.result = "b"}) attributes {sizes = []} {
  %a = heed.index sum contraction [t < 8, o < 8 | i < 8] (%x[t, i], %w[i, o]) {
  ^bb0(%0: f32, %1: f32):
    %r = arith.mulf %0, %1 : f32
    heed.yield %r : f32
  } : (!_8_8, !_8_8) -> !_8_8 loc("a")
  %b = heed.index sum contraction [t < 8, o < 8 | i < 8] (%x[t, i], %a[i, o]) {
  ^bb0(%0: f32, %1: f32):
    %r = arith.mulf %0, %1 : f32
    heed.yield %r : f32
  } : (!_8_8, !_8_8) -> !_8_8 loc("b")
  heed.return %b : !_8_8
}

// Other rows: other kernels.
// CHECK-LABEL: heed.entry @others
// CHECK: heed.kernel @{{a.*}} contract (%x, %w)
// CHECK: heed.kernel @{{b.*}} contract (%z, %w)
heed.entry @others(%x: !_T_8 {heed.input = "x"}, %z: !_T_8 {heed.input = "z"}, %w: !_8_8 {heed.input = "w"})
    -> (!_T_8 {heed.result = "a"}, !_T_8 {heed.result = "b"}) attributes {sizes = ["T"]} {
  %a = heed.index sum contraction [t < T, o < 8 | i < 8] (%x[t, i], %w[i, o]) {
  ^bb0(%0: f32, %1: f32):
    %r = arith.mulf %0, %1 : f32
    heed.yield %r : f32
  } : (!_T_8, !_8_8) -> !_T_8 loc("a")
  %b = heed.index sum contraction [t < T, o < 8 | i < 8] (%z[t, i], %w[i, o]) {
  ^bb0(%0: f32, %1: f32):
    %r = arith.mulf %0, %1 : f32
    heed.yield %r : f32
  } : (!_T_8, !_8_8) -> !_T_8 loc("b")
  heed.return %a, %b : !_T_8, !_T_8
}

// A sum of products without columns is a reduction along a row; one whose rows and columns are interleaved is left to plain loops.
// CHECK-LABEL: heed.entry @dot
// CHECK: heed.kernel @s rows (%x, %z)
// CHECK: heed.kernel @v rows
heed.entry @dot(%x: !_T_8 {heed.input = "x"}, %z: !_T_8 {heed.input = "z"}, %w: !_8_8 {heed.input = "w"})
    -> (!_T {heed.result = "s"}, !_8_T_8 {heed.result = "v"}) attributes {sizes = ["T"]} {
  %s = heed.index sum contraction [t < T | i < 8] (%x[t, i], %z[t, i]) {
  ^bb0(%0: f32, %1: f32):
    %r = arith.mulf %0, %1 : f32
    heed.yield %r : f32
  } : (!_T_8, !_T_8) -> !_T loc("s")
  %v = heed.index sum contraction [a < 8, t < T, b < 8 | i < 8] (%x[t, i], %w[(a + b) mod 8, i]) {
  ^bb0(%0: f32, %1: f32):
    %r = arith.mulf %0, %1 : f32
    heed.yield %r : f32
  } : (!_T_8, !_8_8) -> !_8_T_8 loc("v")
  heed.return %s, %v : !_T, !_8_T_8
}
}
