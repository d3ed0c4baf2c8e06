// Upstream's simplifications are safe: equal index ops become one, unused ones go, checks stay, and constants remain in the
// region that uses them.
// RUN: heed-opt %s -cse -canonicalize | FileCheck %s

!x = tensor<8xf32, #heed.axes<8>>

// CHECK-LABEL: @same
// CHECK: %[[Y:.*]] = heed.index none [i < 8] (%{{.*}}[i]) {
// CHECK-NEXT: ^bb0(
// CHECK-NEXT: %[[TWO:.*]] = arith.constant 2.0
// CHECK-NEXT: arith.mulf %{{.*}}, %[[TWO]]
// CHECK: heed.check
// CHECK-NOT: heed.index
// CHECK: return %[[Y]], %[[Y]]
func.func @same(%x: !x) -> (!x, !x) {
  %0 = heed.index none [i < 8] (%x[i]) {
  ^bb0(%a: f32):
    %two = arith.constant 2.0 : f32
    %b = arith.mulf %a, %two : f32
    heed.yield %b : f32
  } : (!x) -> !x
  %1 = heed.index none [i < 8] (%x[i]) {
  ^bb0(%a: f32):
    %two = arith.constant 2.0 : f32
    %b = arith.mulf %a, %two : f32
    heed.yield %b : f32
  } : (!x) -> !x
  heed.check #heed.size<512 - T>, "too long"
  %2 = heed.index none [i < 8] (%x[7 - i]) {
  ^bb0(%a: f32):
    heed.yield %a : f32
  } : (!x) -> !x
  return %0, %1 : !x, !x
}
