// RUN: heed-opt %s --heed-derive --heed-verify-derived | FileCheck %s

// Once gradients exist, `stop` is nothing.
heed.model @M digest "" precision "f32" {
// CHECK-LABEL: heed.entry @f
// CHECK-NEXT: heed.return %x
heed.entry @f(%x: tensor<4xf32, #heed.axes<4>> {heed.input = "x"}) -> (tensor<4xf32, #heed.axes<4>> {heed.result = "y"}) attributes {sizes = []} {
  %y = heed.stop %x : tensor<4xf32, #heed.axes<4>>
  heed.return %y : tensor<4xf32, #heed.axes<4>>
}
}
