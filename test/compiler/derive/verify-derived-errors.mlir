// RUN: heed-opt %s --heed-verify-derived -verify-diagnostics

heed.model @M digest "" precision "f32" {
heed.entry @f(%x: tensor<4xf32, #heed.axes<4>> {heed.input = "x"}) -> (tensor<4xf32, #heed.axes<4>> {heed.result = "y"}) attributes {sizes = []} {
  // expected-error @below {{is left after `heed-derive`}}
  %y = heed.stop %x : tensor<4xf32, #heed.axes<4>>
  heed.return %y : tensor<4xf32, #heed.axes<4>>
}
// expected-error @below {{is left after `heed-derive`}}
heed.derive gradient of @f
}
