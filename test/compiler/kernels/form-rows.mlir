// RUN: heed-opt %s --heed-form-kernels | FileCheck %s
!_T_8 = tensor<?x8xf32, #heed.axes<T, 8>>
!_T = tensor<?xf32, #heed.axes<T>>
!_T_4 = tensor<?x4xf32, #heed.axes<T, 4>>
!_T_2_4 = tensor<?x2x4xf32, #heed.axes<T, 2, 4>>
!_T_1_4 = tensor<?x1x4xf32, #heed.axes<T, 1, 4>>
!_T_8192 = tensor<?x8192xf32, #heed.axes<T, 8192>>
!_ = tensor<f32, #heed.axes<>>

heed.model @M digest "" precision "f32" {

// Reductions along a row and what reads them: one kernel, whose row lies in memory once.
// CHECK-LABEL: heed.entry @norm
// CHECK: heed.kernel @y rows (%x) {
// CHECK-COUNT-2: heed.index
// CHECK-NOT: heed.kernel
heed.entry @norm(%x: !_T_8 {heed.input = "x"})
    -> (!_T_8 {heed.result = "y"}) attributes {sizes = ["T"]} {
  %s = heed.index sum row [t < T | i < 8] (%x[t, i]) {
  ^bb0(%0: f32):
    %r = arith.mulf %0, %0 : f32
    heed.yield %r : f32
  } : (!_T_8) -> !_T loc("s")
  %n = heed.index none pointwise [t < T, i < 8] (%x[t, i], %s[t]) {
  ^bb0(%0: f32, %1: f32):
    %r = arith.mulf %0, %1 : f32
    heed.yield %r : f32
  } : (!_T_8, !_T) -> !_T_8 loc("n")
  %y = heed.index none pointwise [t < T, i < 8] (%n[t, i]) {
  ^bb0(%0: f32):
    %r = math.exp %0 : f32
    heed.yield %r : f32
  } : (!_T_8) -> !_T_8 loc("y")
  heed.return %y : !_T_8
}

// Two ops that read the same row of a third, as rotary embeddings of q and k do, though their rows have different lengths.
// CHECK-LABEL: heed.entry @siblings
// CHECK: heed.kernel @a rows (%x, %p, %z)
// CHECK-NOT: heed.kernel
heed.entry @siblings(%x: !_T_8 {heed.input = "x"}, %z: !_T_4 {heed.input = "z"}, %p: !_T {heed.input = "p"})
    -> (!_T_2_4 {heed.result = "a"}, !_T_1_4 {heed.result = "b"}) attributes {sizes = ["T"]} {
  %a = heed.index none pointwise [t < T, h < 2, e < 4] (%x[t, 4 * h + e], %p[t]) {
  ^bb0(%0: f32, %1: f32):
    %r = arith.mulf %0, %1 : f32
    heed.yield %r : f32
  } : (!_T_8, !_T) -> !_T_2_4 loc("a")
  %b = heed.index none pointwise [t < T, h < 1, e < 4] (%z[t, 4 * h + e], %p[t]) {
  ^bb0(%0: f32, %1: f32):
    %r = arith.mulf %0, %1 : f32
    heed.yield %r : f32
  } : (!_T_4, !_T) -> !_T_1_4 loc("b")
  heed.return %a, %b : !_T_2_4, !_T_1_4
}

// A reduction over rows would leave one row for all; what is handed on fits 16 KiB; what lies between is not passed by.
// CHECK-LABEL: heed.entry @declined
// CHECK: heed.kernel @{{e.*}} rows
// CHECK: declined [
// CHECK-SAME: "`total` is not in these rows: together they would have fewer"
// CHECK: declined [{{.*}}"`m` is not in these rows: what one hands to the next exceeds 16 KiB"
heed.entry @declined(%x: !_T_8 {heed.input = "x"}, %g: !_T_8192 {heed.input = "g"})
    -> (!_ {heed.result = "total"}, !_T_8192 {heed.result = "m"}, !_T_8 {heed.result = "c"}) attributes {sizes = ["T"]} {
  %e = heed.index none pointwise [t < T, i < 8] (%x[t, i]) {
  ^bb0(%0: f32):
    %r = math.exp %0 : f32
    heed.yield %r : f32
  } : (!_T_8) -> !_T_8 loc("e")
  %total = heed.index sum general [| t < T, i < 8] (%e[t, i]) {
  ^bb0(%0: f32):
    heed.yield %0 : f32
  } : (!_T_8) -> !_ loc("total")
  %c = heed.index none pointwise [t < T, i < 8] (%e[t, i]) {
  ^bb0(%0: f32):
    %r = math.exp %0 : f32
    heed.yield %r : f32
  } : (!_T_8) -> !_T_8 loc("c")
  %w = heed.index none pointwise [t < T, i < 8192] (%g[t, i]) {
  ^bb0(%0: f32):
    %r = math.exp %0 : f32
    heed.yield %r : f32
  } : (!_T_8192) -> !_T_8192 loc("w")
  %m = heed.index none pointwise [t < T, i < 8192] (%w[t, i], %w[t, 8191 - i]) {
  ^bb0(%0: f32, %1: f32):
    %r = arith.mulf %0, %1 : f32
    heed.yield %r : f32
  } : (!_T_8192) -> !_T_8192 loc("m")
  heed.return %total, %m, %c : !_, !_T_8192, !_T_8
}
}
