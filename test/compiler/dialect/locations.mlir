// Locations survive the text, also those of arguments within index notation, and results are called after the names in them.
// RUN: heed-opt %s -mlir-print-debuginfo | heed-opt -mlir-print-debuginfo | FileCheck %s

// CHECK: %y = heed.index none
// CHECK-NEXT: ^bb0(%{{.*}}: f32 loc("a.heed":3:9)):
// CHECK: -> tensor<8xf32, #heed.axes<8>> loc(#[[Y:.*]])
// CHECK: #[[PLACE:.*]] = loc("a.heed":3:4)
// CHECK: #[[Y]] = loc("y"(#[[PLACE]]))
func.func @f(%x: tensor<8xf32, #heed.axes<8>>) {
  %0 = heed.index none [i < 8] (%x[i]) {
  ^bb0(%1: f32 loc("a.heed":3:9)):
    heed.yield %1 : f32
  } : (tensor<8xf32, #heed.axes<8>>) -> tensor<8xf32, #heed.axes<8>> loc("y"("a.heed":3:4))
  return
}
