// RUN: heed-opt %s --heed-form-kernels | FileCheck %s
!_T_8 = tensor<?x8xf32, #heed.axes<T, 8>>
!_T_4 = tensor<?x4xf32, #heed.axes<T, 4>>
!_8_4 = tensor<8x4xf32, #heed.axes<8, 4>>
!_4 = tensor<4xf32, #heed.axes<4>>
!_8_8 = tensor<8x8xf32, #heed.axes<8, 8>>
!_Ti32 = tensor<?xi32, #heed.axes<T>>
!_T = tensor<?xf32, #heed.axes<T>>

heed.model @M digest "" precision "f32" {

// Bias, activation and residual are one pointwise op behind the contraction, and the contraction's own value is no result.
// What is read again is a second result.
// CHECK-LABEL: heed.entry @residual
// CHECK: %[[r:.*]]:2 = heed.kernel @h contract (%x, %w, %bias, %z) {
// CHECK: %[[c:.*]] = heed.index sum contraction
// CHECK: %[[h:.*]] = heed.index none pointwise [t < T, o < 4] (%[[c]][t, o], %{{.*}}[o]) {
// CHECK: arith.addf
// CHECK: math.exp
// CHECK: %[[y:.*]] = heed.index none pointwise [t < T, o < 4] (%[[h]][t, o], %{{.*}}[t, o]) {
// CHECK: heed.yield %[[h]], %[[y]]
heed.entry @residual(%x: !_T_8 {heed.input = "x"}, %z: !_T_4 {heed.input = "z"}, %w: !_8_4 {heed.input = "w"}, %bias: !_4 {heed.input = "bias"})
    -> (!_T_4 {heed.result = "y"}, !_T_4 {heed.result = "h"}) attributes {sizes = ["T"]} {
  %c = heed.index sum contraction [t < T, o < 4 | i < 8] (%x[t, i], %w[i, o]) {
  ^bb0(%0: f32, %1: f32):
    %r = arith.mulf %0, %1 : f32
    heed.yield %r : f32
  } : (!_T_8, !_8_4) -> !_T_4 loc("c")
  %b = heed.index none pointwise [t < T, o < 4] (%c[t, o], %bias[o]) {
  ^bb0(%0: f32, %1: f32):
    %r = arith.addf %0, %1 : f32
    heed.yield %r : f32
  } : (!_T_4, !_4) -> !_T_4 loc("b")
  %h = heed.index none pointwise [t < T, o < 4] (%b[t, o]) {
  ^bb0(%0: f32):
    %r = math.exp %0 : f32
    heed.yield %r : f32
  } : (!_T_4) -> !_T_4 loc("h")
  %y = heed.index none pointwise [t < T, o < 4] (%h[t, o], %z[t, o]) {
  ^bb0(%0: f32, %1: f32):
    %r = arith.addf %0, %1 : f32
    heed.yield %r : f32
  } : (!_T_4, !_T_4) -> !_T_4 loc("y")
  heed.return %y, %h : !_T_4, !_T_4
}

// The product of two siblings.
// CHECK-LABEL: heed.entry @gate
// CHECK: heed.kernel @y contract (%x, %w1, %w2) {
// CHECK-COUNT-2: heed.index sum contraction
// CHECK: heed.index none pointwise
// CHECK-NOT: heed.kernel
heed.entry @gate(%x: !_T_8 {heed.input = "x"}, %w1: !_8_4 {heed.input = "w1"}, %w2: !_8_4 {heed.input = "w2"})
    -> (!_T_4 {heed.result = "y"}) attributes {sizes = ["T"]} {
  %a = heed.index sum contraction [t < T, o < 4 | i < 8] (%x[t, i], %w1[i, o]) {
  ^bb0(%0: f32, %1: f32):
    %r = arith.mulf %0, %1 : f32
    heed.yield %r : f32
  } : (!_T_8, !_8_4) -> !_T_4 loc("a")
  %b = heed.index sum contraction [t < T, o < 4 | i < 8] (%x[t, i], %w2[i, o]) {
  ^bb0(%0: f32, %1: f32):
    %r = arith.mulf %0, %1 : f32
    heed.yield %r : f32
  } : (!_T_8, !_8_4) -> !_T_4 loc("b")
  %y = heed.index none pointwise [t < T, o < 4] (%a[t, o], %b[t, o]) {
  ^bb0(%0: f32, %1: f32):
    %r = arith.mulf %0, %1 : f32
    heed.yield %r : f32
  } : (!_T_4, !_T_4) -> !_T_4 loc("y")
  heed.return %y : !_T_4
}

// Of two contractions that are added, the later one takes the sum; it reads the other's result.
// CHECK-LABEL: heed.entry @two
// CHECK: %[[a:.*]] = heed.kernel @a contract (%x, %w)
// CHECK: heed.kernel @{{y.*}} contract (%z, %w, %[[a]])
heed.entry @two(%x: !_T_8 {heed.input = "x"}, %z: !_T_8 {heed.input = "z"}, %w: !_8_4 {heed.input = "w"})
    -> (!_T_4 {heed.result = "y"}) attributes {sizes = ["T"]} {
  %a = heed.index sum contraction [t < T, o < 4 | i < 8] (%x[t, i], %w[i, o]) {
  ^bb0(%0: f32, %1: f32):
    %r = arith.mulf %0, %1 : f32
    heed.yield %r : f32
  } : (!_T_8, !_8_4) -> !_T_4 loc("a")
  %b = heed.index sum contraction [t < T, o < 4 | i < 8] (%z[t, i], %w[i, o]) {
  ^bb0(%0: f32, %1: f32):
    %r = arith.mulf %0, %1 : f32
    heed.yield %r : f32
  } : (!_T_8, !_8_4) -> !_T_4 loc("b")
  %y = heed.index none pointwise [t < T, o < 4] (%a[t, o], %b[t, o]) {
  ^bb0(%0: f32, %1: f32):
    %r = arith.addf %0, %1 : f32
    heed.yield %r : f32
  } : (!_T_4, !_T_4) -> !_T_4 loc("y")
  heed.return %y : !_T_4
}

// What reads elsewhere, leaves out points, follows data, or needs a sum over the kernel's own results is not in the epilogue.
// CHECK-LABEL: heed.entry @declined
// CHECK: heed.kernel @c contract (%x, %w)
// CHECK: } declined ["`turned` is not in the epilogue: it reads at other indices than its own", "`cut` is not in the epilogue: it leaves out points",
// CHECK-SAME: "`picked` is not in the epilogue: data decides what it reads", "`normed` is not in the epilogue: it needs what is only computed from the kernel's results"]
// CHECK-NOT: contract
heed.entry @declined(%x: !_T_8 {heed.input = "x"}, %w: !_8_8 {heed.input = "w"}, %n: !_Ti32 {heed.input = "n"})
    -> (!_T_8 {heed.result = "turned"}, !_T_8 {heed.result = "cut"}, !_T_8 {heed.result = "picked"}, !_T_8 {heed.result = "normed"}) attributes {sizes = ["T"]} {
  %c = heed.index sum contraction [t < T, o < 8 | i < 8] (%x[t, i], %w[i, o]) {
  ^bb0(%0: f32, %1: f32):
    %r = arith.mulf %0, %1 : f32
    heed.yield %r : f32
  } : (!_T_8, !_8_8) -> !_T_8 loc("c")
  %turned = heed.index none pointwise [t < T, o < 8] (%c[t, 7 - o]) {
  ^bb0(%0: f32):
    heed.yield %0 : f32
  } : (!_T_8) -> !_T_8 loc("turned")
  %cut = heed.index none pointwise [t < T, o < 8] where (t >= o) (%c[t, o]) {
  ^bb0(%0: f32):
    heed.yield %0 : f32
  } : (!_T_8) -> !_T_8 loc("cut")
  %picked = heed.index none pointwise [t < T, o < 8] (%n[t], %c[data$0, o]) {
  ^bb0(%0: i64, %1: f32):
    heed.yield %1 : f32
  } : (!_Ti32, !_T_8) -> !_T_8 loc("picked")
  %sum = heed.index sum row [t < T | i < 8] (%c[t, i]) {
  ^bb0(%0: f32):
    heed.yield %0 : f32
  } : (!_T_8) -> !_T loc("sum")
  %normed = heed.index none pointwise [t < T, o < 8] (%c[t, o], %sum[t]) {
  ^bb0(%0: f32, %1: f32):
    %r = arith.mulf %0, %1 : f32
    heed.yield %r : f32
  } : (!_T_8, !_T) -> !_T_8 loc("normed")
  heed.return %turned, %cut, %picked, %normed : !_T_8, !_T_8, !_T_8, !_T_8
}
}
