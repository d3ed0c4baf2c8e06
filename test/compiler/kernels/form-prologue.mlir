// RUN: heed-opt %s --heed-form-kernels | FileCheck %s
!_T_8 = tensor<?x8xf32, #heed.axes<T, 8>>
!_8_4 = tensor<8x4xf32, #heed.axes<8, 4>>
!_8_8 = tensor<8x8xf32, #heed.axes<8, 8>>
!_T = tensor<?xf32, #heed.axes<T>>
!_T_4 = tensor<?x4xf32, #heed.axes<T, 4>>
!_Ti32 = tensor<?xi32, #heed.axes<T>>

heed.model @M digest "" precision "f32" {

// A norm that only contractions read, all of one kernel, is that kernel's prologue.
// CHECK-LABEL: heed.entry @norm
// CHECK: heed.kernel @y contract (%x, %w, %v) {
// CHECK: heed.index sum row
// CHECK: heed.index none pointwise
// CHECK: heed.index sum contraction
// CHECK: heed.index sum contraction
// CHECK-NOT: heed.kernel
heed.entry @norm(%x: !_T_8 {heed.input = "x"}, %w: !_8_4 {heed.input = "w"}, %v: !_8_8 {heed.input = "v"})
    -> (!_T_4 {heed.result = "y"}, !_T_8 {heed.result = "z"}) attributes {sizes = ["T"]} {
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
  %y = heed.index sum contraction [t < T, o < 4 | i < 8] (%n[t, i], %w[i, o]) {
  ^bb0(%0: f32, %1: f32):
    %r = arith.mulf %0, %1 : f32
    heed.yield %r : f32
  } : (!_T_8, !_8_4) -> !_T_4 loc("y")
  %z = heed.index sum contraction [t < T, o < 8 | i < 8] (%n[t, i], %v[i, o]) {
  ^bb0(%0: f32, %1: f32):
    %r = arith.mulf %0, %1 : f32
    heed.yield %r : f32
  } : (!_T_8, !_8_8) -> !_T_8 loc("z")
  heed.return %y, %z : !_T_4, !_T_8
}

// A norm that is read elsewhere too is stored, by a kernel of rows.
// CHECK-LABEL: heed.entry @elsewhere
// CHECK: %[[n:.*]] = heed.kernel @n rows (%x)
// CHECK: heed.kernel @{{y.*}} contract (%[[n]], %w)
// CHECK: } declined ["`n` is not in the prologue: it is read elsewhere too"]
heed.entry @elsewhere(%x: !_T_8 {heed.input = "x"}, %w: !_8_4 {heed.input = "w"})
    -> (!_T_4 {heed.result = "y"}, !_T_8 {heed.result = "n"}) attributes {sizes = ["T"]} {
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
  %y = heed.index sum contraction [t < T, o < 4 | i < 8] (%n[t, i], %w[i, o]) {
  ^bb0(%0: f32, %1: f32):
    %r = arith.mulf %0, %1 : f32
    heed.yield %r : f32
  } : (!_T_8, !_8_4) -> !_T_4 loc("y")
  heed.return %y, %n : !_T_4, !_T_8
}

// Rows that data picks, columns, and rows that are read in another order.
// CHECK-LABEL: heed.entry @declined
// CHECK: } declined ["`g` is not in the prologue: data decides what it reads"]
// CHECK: heed.kernel @{{z.*}} contract (%x, %
// CHECK: } declined ["`b` is not in the prologue: a row of the kernel reads other rows of it"]
heed.entry @declined(%x: !_T_8 {heed.input = "x"}, %w: !_8_4 {heed.input = "w"}, %m: !_Ti32 {heed.input = "m"})
    -> (!_T_4 {heed.result = "y"}, !_T_4 {heed.result = "z"}, !_T_4 {heed.result = "u"}) attributes {sizes = ["T"]} {
  %g = heed.index none pointwise [t < T, i < 8] (%m[t], %x[data$0, i]) {
  ^bb0(%0: i64, %1: f32):
    heed.yield %1 : f32
  } : (!_Ti32, !_T_8) -> !_T_8 loc("g")
  %y = heed.index sum contraction [t < T, o < 4 | i < 8] (%g[t, i], %w[i, o]) {
  ^bb0(%0: f32, %1: f32):
    %r = arith.mulf %0, %1 : f32
    heed.yield %r : f32
  } : (!_T_8, !_8_4) -> !_T_4 loc("y")
  %k = heed.index none pointwise [i < 8, o < 4] (%w[i, o]) {
  ^bb0(%0: f32):
    %r = math.exp %0 : f32
    heed.yield %r : f32
  } : (!_8_4) -> !_8_4 loc("k")
  %z = heed.index sum contraction [t < T, o < 4 | i < 8] (%x[t, i], %k[i, o]) {
  ^bb0(%0: f32, %1: f32):
    %r = arith.mulf %0, %1 : f32
    heed.yield %r : f32
  } : (!_T_8, !_8_4) -> !_T_4 loc("z")
  %b = heed.index none pointwise [t < T, i < 8] (%x[t, i]) {
  ^bb0(%0: f32):
    %r = math.exp %0 : f32
    heed.yield %r : f32
  } : (!_T_8) -> !_T_8 loc("b")
  %u = heed.index sum contraction [t < T, o < 4 | i < 8] symbols [T] (%b[T - t - 1, i], %w[i, o]) {
  ^bb0(%0: f32, %1: f32):
    %r = arith.mulf %0, %1 : f32
    heed.yield %r : f32
  } : (!_T_8, !_8_4) -> !_T_4 loc("u")
  heed.return %y, %z, %u : !_T_4, !_T_4, !_T_4
}
}
