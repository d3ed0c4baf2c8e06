// Index notation is read and printed with the names of its indices.
// RUN: heed-opt %s | heed-opt | FileCheck %s
// RUN: heed-opt %s -mlir-print-op-generic | heed-opt | FileCheck %s

!x = tensor<?x?x64xf32, #heed.axes<B, T, 64>>
!ids = tensor<?x?xi32, #heed.axes<B, T>>

// A product: result axes stand before the bar.
// CHECK-LABEL: @matmul
// CHECK: heed.index sum [b < B, t < T, o < 8 | i < 64] (%{{.*}}[b, t, i], %{{.*}}[i, o]) {
// CHECK-NEXT: ^bb0(%{{.*}}: f32, %{{.*}}: f32):
func.func @matmul(%x: !x, %w: tensor<64x8xbf16, #heed.axes<64, 8>>) {
  %y = heed.index sum [b < B, t < T, o < 8 | i < 64] (%x[b, t, i], %w[i, o]) {
  ^bb0(%0: f32, %1: f32):
    %2 = arith.mulf %0, %1 : f32
    heed.yield %2 : f32
  } : (!x, tensor<64x8xbf16, #heed.axes<64, 8>>) -> tensor<?x?x8xf32, #heed.axes<B, T, 8>>
  return
}

// Data: the integer that access 0 gives is an index of access 1. Ops without indices or accesses have empty lists.
// CHECK-LABEL: @gather
// CHECK: heed.index none [b < B, t < T, d < 64] (%{{.*}}[b, t], %{{.*}}[data$0, d]) {
// CHECK-NEXT: ^bb0(%{{.*}}: i64, %{{.*}}: f32):
// CHECK: heed.index none [] () {
func.func @gather(%ids: !ids, %table: tensor<512x64xf32, #heed.axes<512, 64>>) {
  %y = heed.index none [b < B, t < T, d < 64] (%ids[b, t], %table[data$0, d]) {
  ^bb0(%0: i64, %1: f32):
    heed.yield %1 : f32
  } : (!ids, tensor<512x64xf32, #heed.axes<512, 64>>) -> !x
  %one = heed.index none [] () {
    %1 = arith.constant 1.0 : f32
    heed.yield %1 : f32
  } : () -> tensor<f32, #heed.axes<>>
  return
}

// Conditions are printed with a constant alone on the right; false has no conjunction. An operand read twice has one type.
// CHECK-LABEL: @conditions
// CHECK: heed.index sum pointwise [t < T, c < 8 | k < 4] where (t >= k, t - k < 64) or (k < 2, c == 0) or (0 == 0)
// CHECK-SAME: (%[[X:.*]][t - k, c] if (t >= k), %[[X]][t mod 2 + 2 * (t floordiv 2), c ceildiv 3] if false)
// CHECK: } : (tensor<?x8xf32, #heed.axes<T, 8>>) -> tensor<?x8xf32, #heed.axes<T, 8>>
func.func @conditions(%x: tensor<?x8xf32, #heed.axes<T, 8>>) {
  %y = heed.index sum pointwise [t < T, c < 8 | k < 4] where (k <= t, t < k + 64) or (k < 2, 0 == c) or (0 == 0)
      (%x[t - k, c] if (t - k > -1), %x[t mod 2 + t floordiv 2 * 2, c ceildiv 3] if false) {
  ^bb0(%0: f32, %1: f32):
    heed.yield %0 : f32
  } : (tensor<?x8xf32, #heed.axes<T, 8>>) -> tensor<?x8xf32, #heed.axes<T, 8>>
  return
}

// Sizes as symbols: by name where they have one, else by number.
// CHECK-LABEL: @symbols
// CHECK: symbols [J, 2*J - 1] (%{{.*}}[i - j + J], %{{.*}}[size$1 - j])
func.func @symbols(%r: tensor<?xf32, #heed.axes<2*J>>) {
  %y = heed.index none [i < J, j < J] symbols [J, 2*J - 1] (%r[i - j + J], %r[size$1 - j]) {
  ^bb0(%0: f32, %1: f32):
    heed.yield %0 : f32
  } : (tensor<?xf32, #heed.axes<2*J>>) -> tensor<?x?xf32, #heed.axes<J, J>>
  return
}

// Several reduced indices give argmax several results; a condition from data is yielded as well.
// CHECK-LABEL: @argmax
// CHECK: heed.index argmax [b < B | t < T, i < 64]
// CHECK: -> (tensor<?xi32, #heed.axes<B>>, tensor<?xi64, #heed.axes<B>>)
func.func @argmax(%x: !x) {
  %t, %i = heed.index argmax [b < B | t < T, i < 64] (%x[b, t, i]) {
  ^bb0(%0: f32):
    %zero = arith.constant 0.0 : f32
    %counts = arith.cmpf ogt, %0, %zero : f32
    heed.yield %0, %counts : f32, i1
  } : (!x) -> (tensor<?xi32, #heed.axes<B>>, tensor<?xi64, #heed.axes<B>>)
  return
}

// A term within a region lists the indices around it; one that its own index hides gets another name.
// CHECK-LABEL: @nested
// CHECK: heed.index sum [| t < T] within [b, t_1] (%{{.*}}[b, t, t_1])
func.func @nested(%x: tensor<?x?x?xf32, #heed.axes<B, T, T>>) {
  %y = heed.index none [b < B, t < T] () {
    %s = heed.index sum [| t < T] within [b, u] (%x[b, t, u]) {
    ^bb0(%0: f32):
      heed.yield %0 : f32
    } : (tensor<?x?x?xf32, #heed.axes<B, T, T>>) -> f32
    heed.yield %s : f32
  } : () -> tensor<?x?xf32, #heed.axes<B, T>>
  return
}
