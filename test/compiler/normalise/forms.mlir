// The form that `--heed-normalise` finds for each kind of index op, and near misses that are not it.
// RUN: heed-opt %s --heed-normalise | FileCheck %s
// RUN: heed-opt %s --heed-normalise --heed-verify-forms -o /dev/null

heed.model @M digest "" precision "f32" {
heed.entry @f(%x: tensor<?x8xf32, #heed.axes<T, 8>> {heed.input = "x"}, %w: tensor<8x4xf32, #heed.axes<8, 4>> {heed.input = "w"},
              %v: tensor<?xf32, #heed.axes<T>> {heed.input = "v"}, %e: tensor<?xi32, #heed.axes<T>> {heed.input = "e"})
    -> (tensor<?x4xf32, #heed.axes<T, 4>>, tensor<?x4xf32, #heed.axes<T, 4>>, tensor<?xf32, #heed.axes<T>>, tensor<8xf32, #heed.axes<8>>,
        tensor<?xf32, #heed.axes<T>>, tensor<?xf32, #heed.axes<T>>, tensor<?xf32, #heed.axes<T>>, tensor<5xf32, #heed.axes<5>>,
        tensor<5xf32, #heed.axes<5>>)
    attributes {sizes = ["T"]} {
  // A sum of products of two accesses.
  // CHECK: heed.index sum contraction [t < T, o < 4 | i < 8]
  %contraction = heed.index sum [t < T, o < 4 | i < 8] (%x[t, i], %w[i, o]) {
  ^bb0(%0: f32, %1: f32):
    %2 = arith.mulf %1, %0 : f32
    heed.yield %2 : f32
  } : (tensor<?x8xf32, #heed.axes<T, 8>>, tensor<8x4xf32, #heed.axes<8, 4>>) -> tensor<?x4xf32, #heed.axes<T, 4>>

  // A product of something computed is none; its second operand is not read along its last axis, so it is no row either.
  // CHECK: heed.index sum general [t < T, o < 4 | i < 8]
  %computed = heed.index sum [t < T, o < 4 | i < 8] (%x[t, i], %w[i, o]) {
  ^bb0(%0: f32, %1: f32):
    %2 = math.exp %0 : f32
    %3 = arith.mulf %2, %1 : f32
    heed.yield %3 : f32
  } : (tensor<?x8xf32, #heed.axes<T, 8>>, tensor<8x4xf32, #heed.axes<8, 4>>) -> tensor<?x4xf32, #heed.axes<T, 4>>

  // The square of one access is a reduction of a trailing axis.
  // CHECK: heed.index sum row [t < T | i < 8]
  %row = heed.index sum [t < T | i < 8] (%x[t, i]) {
  ^bb0(%0: f32):
    %1 = arith.mulf %0, %0 : f32
    heed.yield %1 : f32
  } : (tensor<?x8xf32, #heed.axes<T, 8>>) -> tensor<?xf32, #heed.axes<T>>

  // A reduction of a leading axis is not.
  // CHECK: heed.index max general [i < 8 | t < T]
  %column = heed.index max [i < 8 | t < T] (%x[t, i]) {
  ^bb0(%0: f32):
    heed.yield %0 : f32
  } : (tensor<?x8xf32, #heed.axes<T, 8>>) -> tensor<8xf32, #heed.axes<8>>

  // Sums over what came before.
  // CHECK: heed.index sum prefix [t < T | s < T] where (t >= s)
  %prefix = heed.index sum [t < T | s < T] where (s <= t) (%v[s]) {
  ^bb0(%0: f32):
    heed.yield %0 : f32
  } : (tensor<?xf32, #heed.axes<T>>) -> tensor<?xf32, #heed.axes<T>>

  // Over a window, or where the element depends on t too, no running value helps.
  // CHECK: heed.index sum general [t < T | s < T]
  %window = heed.index sum [t < T | s < T] where (s <= t, t - s < 4) (%v[s]) {
  ^bb0(%0: f32):
    heed.yield %0 : f32
  } : (tensor<?xf32, #heed.axes<T>>) -> tensor<?xf32, #heed.axes<T>>
  // CHECK: heed.index max general [t < T | s < T]
  %decayed = heed.index max [t < T | s < T] where (s <= t) (%v[s], %v[t]) {
  ^bb0(%0: f32, %1: f32):
    %2 = arith.addf %0, %1 : f32
    heed.yield %2 : f32
  } : (tensor<?xf32, #heed.axes<T>>) -> tensor<?xf32, #heed.axes<T>>

  // Data says where each term goes: by `where`, or by the condition.
  // CHECK: heed.index sum scatter [z < 5 | t < T]
  %where = heed.index sum [z < 5 | t < T] where (data$0 - z == 0) (%e[t], %v[t]) {
  ^bb0(%0: i64, %1: f32):
    heed.yield %1 : f32
  } : (tensor<?xi32, #heed.axes<T>>, tensor<?xf32, #heed.axes<T>>) -> tensor<5xf32, #heed.axes<5>>
  // CHECK: heed.index sum scatter [z < 5 | t < T]
  %condition = heed.index sum [z < 5 | t < T] (%e[t], %v[t]) {
  ^bb0(%0: i64, %1: f32):
    %z = heed.at 0 : i64
    %here = arith.cmpi eq, %0, %z : i64
    heed.yield %1, %here : f32, i1
  } : (tensor<?xi32, #heed.axes<T>>, tensor<?xf32, #heed.axes<T>>) -> tensor<5xf32, #heed.axes<5>>

  heed.return %contraction, %computed, %row, %column, %prefix, %window, %decayed, %where, %condition
      : tensor<?x4xf32, #heed.axes<T, 4>>, tensor<?x4xf32, #heed.axes<T, 4>>, tensor<?xf32, #heed.axes<T>>, tensor<8xf32, #heed.axes<8>>,
        tensor<?xf32, #heed.axes<T>>, tensor<?xf32, #heed.axes<T>>, tensor<?xf32, #heed.axes<T>>, tensor<5xf32, #heed.axes<5>>,
        tensor<5xf32, #heed.axes<5>>
}
}
