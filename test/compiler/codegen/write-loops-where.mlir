// RUN: heed-opt %s --heed-form-kernels --heed-place --heed-write-loops=backend=plain --canonicalize --cse --mlir-use-nameloc-as-prefix --split-input-file | FileCheck %s

!x = tensor<?xf32, #heed.axes<T>>

// A conjunction of affine constraints bounds the loops; nothing is left to be tested at each point.
// CHECK-LABEL: func.func private @window(
// CHECK: scf.for %[[T:r]] = %r0 to %r1
// CHECK-DAG: arith.maxsi
// CHECK-DAG: arith.minsi
// CHECK: scf.for %s
// CHECK-NOT: scf.if
// CHECK-LABEL: func.func private @window.range
heed.model @Bounds digest "" precision "f32" {
heed.entry @forward(%x: !x {heed.input = "x"}) -> (!x {heed.result = "y"}) attributes {sizes = ["T"]} {
  %y = heed.index sum [t < T | s < T] where (s <= t, t - s < 64) (%x[s]) {
  ^bb0(%0: f32):
    heed.yield %0 : f32
  } : (!x) -> !x loc("window")
  heed.return %y : !x
}
}

// -----

!x = tensor<?xf32, #heed.axes<T>>

// A disjunction is a test.
// CHECK-LABEL: func.func private @sinks(
// CHECK: scf.for %s
// CHECK: %[[SEEN:.*]] = arith.ori
// CHECK: scf.if %[[SEEN]]
heed.model @Test digest "" precision "f32" {
heed.entry @forward(%x: !x {heed.input = "x"}) -> (!x {heed.result = "y"}) attributes {sizes = ["T"]} {
  %y = heed.index sum [t < T | s < T] where (s <= t, t - s < 64) or (s < 4) (%x[s]) {
  ^bb0(%0: f32):
    heed.yield %0 : f32
  } : (!x) -> !x loc("sinks")
  heed.return %y : !x
}
}

// -----

!q = tensor<?x2x4xf32, #heed.axes<T, 2, 4>>
!row = tensor<?xf32, #heed.axes<T>>

// Attention under a causal mask: keys up to the row's own, and no byte of visibility. Scores are made once for all elements of the values; those are
// added up key by key.
// CHECK-LABEL: func.func private @attn(
// CHECK: %scores = memref.view
// CHECK-NOT: %visible
// CHECK: scf.for %r = %r0 to %r1
// CHECK: %[[TO:.*]] = arith.minsi
// CHECK: scf.for %j = %{{.*}} to %[[TO]]
// CHECK: scf.for %e
// CHECK: scf.for %k = %{{.*}} to %[[TO]] {{.*}} iter_args
// CHECK: scf.for %k = %{{.*}} to %[[TO]]
// CHECK: math.exp
// CHECK: scf.for %j = %{{.*}} to %[[TO]]
// CHECK: scf.for %d
// CHECK-LABEL: func.func private @attn.range
heed.model @Attention digest "" precision "f32" {
heed.entry @forward(%q: !q {heed.input = "q"}) -> (!q {heed.result = "y"}) attributes {sizes = ["T"]} {
  %y = heed.attend [i < T, h < 2, d < 4 | j < T] where (j <= i) score {
    %s = heed.index sum [| e < 4] within [i, h, d, j] (%q[i, h, e], %q[j, h, e]) {
    ^bb0(%0: f32, %1: f32):
      %2 = arith.mulf %0, %1 : f32
      heed.yield %2 : f32
    } : (!q) -> f32
    heed.yield %s : f32
  } value {
    %v = heed.index none [] within [i, h, d, j] (%q[j, h, d]) {
    ^bb0(%0: f32):
      heed.yield %0 : f32
    } : (!q) -> f32
    heed.yield %v : f32
  } weights {
  ^bb0(%row: !row):
    %lse = heed.index logsumexp [| k < T] within [i, h, d] (%row[k]) {
    ^bb0(%0: f32):
      heed.yield %0 : f32
    } : (!row) -> f32
    %w = heed.index none [k < T] within [i, h, d] (%row[k]) {
    ^bb0(%0: f32):
      %1 = arith.subf %0, %lse : f32
      %2 = math.exp %1 : f32
      heed.yield %2 : f32
    } : (!row) -> !row
    heed.yield %w : !row
  } : !q loc("attn")
  heed.return %y : !q
}
}
