// Attention: its terms name the indices around them, and the row program sees the result indices only.
// RUN: heed-opt %s | heed-opt | FileCheck %s
// RUN: heed-opt %s -mlir-print-op-generic | heed-opt | FileCheck %s

!q = tensor<?x?x8x16xf32, #heed.axes<B, T, 8, 16>>
!k = tensor<?x?x4x16xf32, #heed.axes<B, J, 4, 16>>
!row = tensor<?xf32, #heed.axes<J>>

// CHECK: heed.attend [b < B, i < T, h < 8, d < 16 | j < J] symbols [J, T] where (i + J >= j + T) visible {
// CHECK: } score {
// CHECK: heed.index sum [| e < 16] within [b, i, h, d, j] (%{{.*}}[b, i, h, e], %{{.*}}[b, j, h floordiv 2, e]) {
// CHECK: } value {
// CHECK: heed.index none [] within [b, i, h, d, j] (%{{.*}}[b, j, h floordiv 2, d]) {
// CHECK: } weights {
// CHECK-NEXT: ^bb0(%[[ROW:.*]]: tensor<?xf32, #heed.axes<J>>):
// CHECK: heed.index logsumexp [| j < J] within [b, i, h, d] (%[[ROW]][j]) {
// CHECK: heed.index none [j < J] within [b, i, h, d] (%[[ROW]][j]) {
// CHECK: } : tensor<?x?x8x16xf32, #heed.axes<B, T, 8, 16>>
func.func @attend(%q: !q, %k: !k, %v: !k) {
  %y = heed.attend [b < B, i < T, h < 8, d < 16 | j < J] symbols [J, T] where (j <= i + J - T) visible {
    %true = arith.constant true
    heed.yield %true : i1
  } score {
    %s = heed.index sum [| e < 16] within [b, i, h, d, j] (%q[b, i, h, e], %k[b, j, h floordiv 2, e]) {
    ^bb0(%0: f32, %1: f32):
      %2 = arith.mulf %0, %1 : f32
      heed.yield %2 : f32
    } : (!q, !k) -> f32
    heed.yield %s : f32
  } value {
    %x = heed.index none [] within [b, i, h, d, j] (%v[b, j, h floordiv 2, d]) {
    ^bb0(%0: f32):
      heed.yield %0 : f32
    } : (!k) -> f32
    heed.yield %x : f32
  } weights {
  ^bb0(%row: !row):
    %lse = heed.index logsumexp [| j < J] within [b, i, h, d] (%row[j]) {
    ^bb0(%0: f32):
      heed.yield %0 : f32
    } : (!row) -> f32
    %w = heed.index none [j < J] within [b, i, h, d] (%row[j]) {
    ^bb0(%0: f32):
      %1 = arith.subf %0, %lse : f32
      %2 = math.exp %1 : f32
      heed.yield %2 : f32
    } : (!row) -> !row
    heed.yield %w : !row
  } : !q
  return
}

// CHECK: heed.attend_grad %{{.*}}, %{{.*}} : (tensor<?x?x8x16xf32, #heed.axes<B, T, 8, 16>>, tensor<?xf32, #heed.axes<J>>) -> tensor<?xf32, #heed.axes<J>>
func.func @gradient(%dy: !q, %lse: !row) {
  %dk = heed.attend_grad %dy, %lse : (!q, !row) -> !row
  return
}
