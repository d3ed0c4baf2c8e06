// RUN: heed-opt %s --heed-form-kernels | FileCheck %s
!_T_8 = tensor<?x8xf32, #heed.axes<T, 8>>
!_8 = tensor<8xf32, #heed.axes<8>>
!_Ti32 = tensor<?xi32, #heed.axes<T>>
!_16_8 = tensor<16x8xf32, #heed.axes<16, 8>>
!_T = tensor<?xf32, #heed.axes<T>>
!_T_2_4 = tensor<?x2x4xf32, #heed.axes<T, 2, 4>>
!_8_T = tensor<8x?xf32, #heed.axes<8, T>>
!_T_4 = tensor<?x4xf32, #heed.axes<T, 4>>
!_T_12 = tensor<?x12xf32, #heed.axes<T, 12>>
!_4 = tensor<4xf32, #heed.axes<4>>

heed.model @M digest "" precision "f32" {

// Pointwise ops move into their only readers: a chain is one op, gathers keep their checks, a row sum reads through.
// CHECK-LABEL: heed.entry @chain
// CHECK: heed.kernel @y rows
// CHECK: heed.index sum row [t < T | i < 8] (%[[m:.*]][t], %{{.*}}[data$0, i], %{{.*}}[t, i], %{{.*}}[i]) {
// CHECK-NOT: heed.index
heed.entry @chain(%x: !_T_8 {heed.input = "x"}, %bias: !_8 {heed.input = "bias"}, %m: !_Ti32 {heed.input = "m"}, %table: !_16_8 {heed.input = "table"})
    -> (!_T {heed.result = "y"}) attributes {sizes = ["T"]} {
  %g = heed.index none pointwise [t < T, i < 8] (%m[t], %table[data$0, i]) {
  ^bb0(%0: i64, %1: f32):
    heed.yield %1 : f32
  } : (!_Ti32, !_16_8) -> !_T_8 loc("g")
  %a = heed.index none pointwise [t < T, i < 8] (%g[t, i], %x[t, i]) {
  ^bb0(%0: f32, %1: f32):
    %r = arith.addf %0, %1 : f32
    heed.yield %r : f32
  } : (!_T_8, !_T_8) -> !_T_8 loc("a")
  %b = heed.index none pointwise [t < T, i < 8] (%a[t, i], %bias[i]) {
  ^bb0(%0: f32, %1: f32):
    %r = arith.addf %0, %1 : f32
    heed.yield %r : f32
  } : (!_T_8, !_8) -> !_T_8 loc("b")
  %y = heed.index sum row [t < T | i < 8] (%b[t, i]) {
  ^bb0(%0: f32):
    %r = math.exp %0 : f32
    heed.yield %r : f32
  } : (!_T_8) -> !_T loc("y")
  heed.return %y : !_T
}

// Its indices are the reader's, at the reader's places; a copy may be read under a condition.
// CHECK-LABEL: heed.entry @indices
// CHECK: heed.index none pointwise [t < T, h < 2, e < 4] (%{{.*}}[t - 1, 4 * h + e] if (t >= 1)) {
// CHECK: %[[h:.*]] = heed.at 1 : i64
// CHECK: arith.sitofp
heed.entry @indices(%x: !_T_8 {heed.input = "x"})
    -> (!_T_2_4 {heed.result = "y"}) attributes {sizes = ["T"]} {
  %c = heed.index none pointwise [t < T, i < 8] (%x[t, i]) {
  ^bb0(%0: f32):
    heed.yield %0 : f32
  } : (!_T_8) -> !_T_8 loc("c")
  %s = heed.index none pointwise [t < T, i < 8] (%c[t - 1, i] if (t >= 1)) {
  ^bb0(%0: f32):
    %i = heed.at 1 : i64
    %f = arith.sitofp %i : i64 to f32
    %r = arith.mulf %0, %f : f32
    heed.yield %r : f32
  } : (!_T_8) -> !_T_8 loc("s")
  %y = heed.index none pointwise [t < T, h < 2, e < 4] (%s[t, 4 * h + e]) {
  ^bb0(%0: f32):
    %r = math.exp %0 : f32
    heed.yield %r : f32
  } : (!_T_8) -> !_T_2_4 loc("y")
  heed.return %y : !_T_2_4
}

// What a row shares is computed once unless it is a multiplication or so; what is read twice stays; a condition would no longer give 0.
// CHECK-LABEL: heed.entry @declined
// CHECK: declined [{{.*}}"`e` is not computed within: it would be computed again and again"
// CHECK: declined [{{.*}}"`f` is not computed within: it is read at several places"
// CHECK: declined [{{.*}}"`h` is not computed within: it is read under a condition"
heed.entry @declined(%x: !_T_8 {heed.input = "x"}, %v: !_T {heed.input = "v"})
    -> (!_8_T {heed.result = "y"}, !_T_8 {heed.result = "z"}, !_T_8 {heed.result = "u"}) attributes {sizes = ["T"]} {
  %e = heed.index none pointwise [t < T] (%v[t]) {
  ^bb0(%0: f32):
    %r = math.exp %0 : f32
    heed.yield %r : f32
  } : (!_T) -> !_T loc("e")
  %y = heed.index none pointwise [i < 8, t < T] (%x[t, i], %e[t]) {
  ^bb0(%0: f32, %1: f32):
    %r = arith.mulf %0, %1 : f32
    heed.yield %r : f32
  } : (!_T_8, !_T) -> !_8_T loc("y")
  %f = heed.index none pointwise [t < T, i < 8] (%x[t, i]) {
  ^bb0(%0: f32):
    %r = math.exp %0 : f32
    heed.yield %r : f32
  } : (!_T_8) -> !_T_8 loc("f")
  %z = heed.index none pointwise [t < T, i < 8] (%f[t, i], %f[t - 1, i] if (t >= 1)) {
  ^bb0(%0: f32, %1: f32):
    %r = arith.mulf %0, %1 : f32
    heed.yield %r : f32
  } : (!_T_8) -> !_T_8 loc("z")
  %h = heed.index none pointwise [t < T, i < 8] (%x[t, i]) {
  ^bb0(%0: f32):
    %r = math.exp %0 : f32
    heed.yield %r : f32
  } : (!_T_8) -> !_T_8 loc("h")
  %u = heed.index none pointwise [t < T, i < 8] (%h[t - 1, i] if (t >= 1)) {
  ^bb0(%0: f32):
    heed.yield %0 : f32
  } : (!_T_8) -> !_T_8 loc("u")
  heed.return %y, %z, %u : !_8_T, !_T_8, !_T_8
}

// Terms of attention read through copies, such as the parts of a projection; arithmetic stays outside.
// CHECK-LABEL: heed.entry @terms
// CHECK: %[[k:.*]] = heed.kernel @{{k.*}} rows (%x, %bias)
// CHECK: heed.kernel @{{y.*}} attend (%x, %[[k]]) {
// CHECK: heed.index sum contraction [| e < 4] within [i, d, j] (%{{.*}}[i, e], %{{.*}}[j, e])
// CHECK: heed.index none pointwise [] within [i, d, j] (%{{.*}}[j, d + 8])
// CHECK: } declined ["`k` is not computed within: it would be computed again for every pair of query and key"{{.*}}]
heed.entry @terms(%x: !_T_12 {heed.input = "x"}, %bias: !_4 {heed.input = "bias"})
    -> (!_T_4 {heed.result = "y"}) attributes {sizes = ["T"]} {
  %q = heed.index none pointwise [t < T, e < 4] (%x[t, e]) {
  ^bb0(%0: f32):
    heed.yield %0 : f32
  } : (!_T_12) -> !_T_4 loc("q")
  %k = heed.index none pointwise [t < T, e < 4] (%x[t, e + 4], %bias[e]) {
  ^bb0(%0: f32, %1: f32):
    %r = arith.addf %0, %1 : f32
    heed.yield %r : f32
  } : (!_T_12, !_4) -> !_T_4 loc("k")
  %v = heed.index none pointwise [t < T, e < 4] (%x[t, e + 8]) {
  ^bb0(%0: f32):
    heed.yield %0 : f32
  } : (!_T_12) -> !_T_4 loc("v")
  %y = heed.attend [i < T, d < 4 | j < T] where (j <= i) score {
    %s = heed.index sum contraction [| e < 4] within [i, d, j] (%q[i, e], %k[j, e]) {
    ^bb0(%0: f32, %1: f32):
      %2 = arith.mulf %0, %1 : f32
      heed.yield %2 : f32
    } : (!_T_4, !_T_4) -> f32
    heed.yield %s : f32
  } value {
    %u = heed.index none pointwise [] within [i, d, j] (%v[j, d]) {
    ^bb0(%0: f32):
      heed.yield %0 : f32
    } : (!_T_4) -> f32
    heed.yield %u : f32
  } weights {
  ^bb0(%row: !_T):
    heed.yield %row : !_T
  } : !_T_4 loc("y")
  heed.return %y : !_T_4
}
}
