// RUN: heed-opt %s --pass-pipeline='builtin.module(heed-to-loops{cpu=x86-64-v4})' | FileCheck %s
// RUN: heed-opt %s --pass-pipeline='builtin.module(heed-to-loops{cpu=x86-64-v3})' | FileCheck %s --check-prefix=AVX2

!x = tensor<?x40xf32, #heed.axes<T, 40>>
!r = tensor<?xf32, #heed.axes<T>>
!t = tensor<?xi32, #heed.axes<T>>
!w = tensor<9x48xf32, #heed.axes<9, 48>>
!e = tensor<?x48xf32, #heed.axes<T, 48>>

// Lanes run along the last index; behind the last full vector, a mask.
// CHECK-LABEL: func.func private @y(
// CHECK: scf.for
// CHECK: memref.load
// CHECK: scf.for
// CHECK: vector.load {{.*}} vector<16xf32>
// CHECK: vector.store
// CHECK: %[[MASK:.*]] = arith.cmpi sge
// CHECK: vector.maskedload {{.*}}, %[[MASK]]
// CHECK: vector.maskedstore {{.*}}, %[[MASK]]
// A constant multiple of the lanes leaves nothing behind.
// AVX2-LABEL: func.func private @y(
// AVX2: vector.load {{.*}} vector<8xf32>
// AVX2-NOT: masked
// AVX2: return

// Two vectors of accumulators, added up across lanes at the end.
// CHECK-LABEL: func.func private @s(
// CHECK: scf.for {{.*}} -> (vector<16xf32>, vector<16xf32>)
// CHECK: vector.maskedload
// CHECK: vector.reduction <add>
// CHECK-NOT: vector.reduction
// CHECK: memref.store

// What data decides is checked once, before the loop over lanes.
// CHECK-LABEL: func.func private @e(
// CHECK: %[[INSIDE:.*]] = arith.cmpi ult, {{.*}}, %c9
// CHECK: func.call @heed.fail
// CHECK: scf.if %[[INSIDE]]
// CHECK-NEXT: constant
// CHECK: scf.for
// CHECK-NOT: scf.if
// CHECK-NOT: arith.cmpi
// CHECK: vector.store
heed.model @Rows digest "" precision "f32" {
heed.entry @scale(%x: !x {heed.input = "x"}, %s: !r {heed.input = "s"}) -> (!x {heed.result = "y"}) attributes {sizes = ["T"]} {
  %y = heed.index none pointwise [t < T, d < 40] (%x[t, d], %s[t]) {
  ^bb0(%0: f32, %1: f32):
    %2 = arith.mulf %0, %1 : f32
    heed.yield %2 : f32
  } : (!x, !r) -> !x loc("y")
  heed.return %y : !x
}
heed.entry @add(%x: !x {heed.input = "x"}) -> (!r {heed.result = "s"}) attributes {sizes = ["T"]} {
  %y = heed.index sum row [t < T | d < 40] (%x[t, d]) {
  ^bb0(%0: f32):
    heed.yield %0 : f32
  } : (!x) -> !r loc("s")
  heed.return %y : !r
}
heed.entry @embed(%t: !t {heed.input = "t"}, %w: !w {heed.input = "w"}) -> (!e {heed.result = "e"}) attributes {sizes = ["T"]} {
  %y = heed.index none pointwise [t < T, d < 48] (%t[t], %w[data$0, d]) {
  ^bb0(%0: i64, %1: f32):
    heed.yield %1 : f32
  } : (!t, !w) -> !e loc("e")
  heed.return %y : !e
}
}
