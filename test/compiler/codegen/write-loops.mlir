// RUN: heed-opt %s --heed-form-kernels --heed-place --heed-write-loops=backend=plain --canonicalize --cse --mlir-use-nameloc-as-prefix --split-input-file | FileCheck %s

!x = tensor<?x?x64xf32, #heed.axes<B, T, 64>>
!h = tensor<?x?x96xbf16, #heed.axes<B, T, 96>>
!w = tensor<64x96xf32, #heed.axes<64, 96>>

// A contraction: rows are the outer result indices; as the last one lies contiguous in the weights, its loop is the innermost, over a row of accumulators.
// The sum is made in f32, and rounded where it is stored.
// CHECK-LABEL: func.func private @wq(
// CHECK-SAME: %[[X:x]]: memref<?xf32> {llvm.noalias}, %[[W:w]]: memref<?xf32> {llvm.noalias}, %[[Y:wq]]: memref<?xi16> {llvm.noalias},
// CHECK-SAME: %B: index, %T: index, %r0: index, %r1: index, %p0: index, %p1: index, %scratch: memref<?xi8>
// CHECK: %[[SUMS:sums]] = memref.view %scratch
// CHECK: scf.for %r = %r0 to %r1
// CHECK-DAG: arith.remui %r, %T
// CHECK-DAG: arith.divui %r, %T
// CHECK: scf.for %i
// CHECK: scf.for %o
// CHECK: %[[SUM:.*]] = memref.load %[[SUMS]][%o]
// CHECK: memref.load %[[X]]
// CHECK: memref.load %[[W]]
// CHECK: %[[NEXT:.*]] = arith.addf %[[SUM]], %{{.*}} fastmath<reassoc>
// CHECK: memref.store %[[NEXT]], %[[SUMS]][%o]
// CHECK: %[[ROUNDED:.*]] = arith.truncf %{{.*}} : f32 to bf16
// CHECK: %[[BITS:.*]] = arith.bitcast %[[ROUNDED]] : bf16 to i16
// CHECK: memref.store %[[BITS]], %[[Y]]

// The thunk has the signature of heed_range.
// CHECK-LABEL: func.func private @wq.range(
// CHECK-SAME: %args: !llvm.ptr, %r0: i64, %r1: i64, %p0: i64, %p1: i64, %scratch: !llvm.ptr)
// CHECK: call @wq(

// The host function launches it, unless the call has failed.
// CHECK-LABEL: func.func private @forward.run(
// CHECK-SAME: %call: !llvm.ptr) -> i32
// CHECK: call @heed.launch(
heed.model @Product digest "" precision "f32" {
heed.param @w : !w
heed.entry @forward(%x: !x {heed.input = "x"} loc("x"), %w: !w {heed.param = @w} loc("w")) -> (!h {heed.result = "y"}) attributes {sizes = ["B", "T"]} {
  %q = heed.index sum contraction [b < B, t < T, o < 96 | i < 64] (%x[b, t, i], %w[i, o]) {
  ^bb0(%0: f32, %1: f32):
    %2 = arith.mulf %0, %1 : f32
    heed.yield %2 : f32
  } : (!x, !w) -> !h loc("wq")
  heed.return %q : !h
}
}

// -----

!ids = tensor<?xi32, #heed.axes<T>>
!table = tensor<512x8xf32, #heed.axes<512, 8>>
!x = tensor<?x8xf32, #heed.axes<T, 8>>

// An index that comes from data is compared with the table's size before the read; outside, the call is told and the element is zero. What went wrong is
// worded in the manifest, with its line.
// CHECK: heed.model = {
// CHECK-SAME: faults = {{\[\[}}"index {} is outside axis 0 of `table`, whose size is 512", "stories.heed:21:9"]]
// CHECK-LABEL: func.func private @x(
// CHECK: %[[ID:.*]] = memref.load %ids
// CHECK: %[[AT:.*]] = arith.index_cast %[[ID]] : i32 to index
// CHECK: %[[INSIDE:.*]] = arith.cmpi ult, %[[AT]]
// CHECK: scf.if %[[INSIDE]] -> (f32) {
// CHECK: memref.load %table
// CHECK: } else {
// CHECK: func.call @heed.fail(%call, %fault,
heed.model @Gather digest "" precision "f32" {
heed.param @table : !table
heed.entry @forward(%ids: !ids {heed.input = "ids"} loc("ids"), %table: !table {heed.param = @table} loc("table")) -> (!x {heed.result = "x"}) attributes {sizes = ["T"]} {
  %x = heed.index none pointwise [t < T, d < 8] (%ids[t], %table[data$0, d]) {
  ^bb0(%0: i64, %1: f32):
    heed.yield %1 : f32
  } : (!ids, !table) -> !x loc("x"("stories.heed":21:9))
  heed.return %x : !x
}
}

// -----

!x = tensor<?x8xf32, #heed.axes<T, 8>>
!s = tensor<4x8xf32, #heed.axes<4, 8>>
!row = tensor<8xf32, #heed.axes<8>>

// Kernels that are equal are one function. Layers are one loop: a turn reads what the last one wrote, writes the other buffer, and takes its slice of the stack.
// CHECK-LABEL: func.func private @first(
// CHECK-NOT: func.func private @last(
// CHECK-LABEL: func.func private @forward.run(
// CHECK: @first.range
// CHECK: %[[OUT:.*]]:3 = scf.for %turn = {{.*}} iter_args(%{{.*}} = %{{.*}}, %[[NEXT:.*]] = %{{.*}}, %[[OTHER:.*]] = %{{.*}})
// CHECK: %[[BYTES:.*]] = arith.muli %turn, %{{.*}} : index
// CHECK: llvm.getelementptr
// CHECK: scf.yield %[[NEXT]], %[[OTHER]], %[[NEXT]]
// CHECK: llvm.store %[[OUT]]#0
heed.model @Layers digest "" precision "f32" {
heed.param @s stacked : !s
heed.entry @forward(%x: !x {heed.input = "x"}, %s: !s {heed.param = @s}) -> (!x {heed.result = "y"}) attributes {sizes = ["T"]} {
  %first = heed.index none pointwise [t < T, i < 8] (%x[t, i]) {
  ^bb0(%0: f32):
    %1 = math.exp %0 : f32
    heed.yield %1 : f32
  } : (!x) -> !x loc("first")
  %y = heed.repeat schedule [0, 0, 0, 0] carries(%first : !x) stacks(%s of 0 : !s) {
  ^bb0(%turn: i64, %h: !x, %row: !row):
    %n = heed.index none pointwise [t < T, i < 8] (%h[t, i], %row[i]) {
    ^bb0(%0: f32, %1: f32):
      %2 = arith.addf %0, %1 : f32
      heed.yield %2 : f32
    } : (!x, !row) -> !x loc("layer")
    heed.yield %n : !x
  } : !x
  %last = heed.index none pointwise [t < T, i < 8] (%y[t, i]) {
  ^bb0(%0: f32):
    %1 = math.exp %0 : f32
    heed.yield %1 : f32
  } : (!x) -> !x loc("last")
  heed.return %last : !x
}
}
