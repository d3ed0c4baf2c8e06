// RUN: heed-opt %s --heed-derive -split-input-file -verify-diagnostics

// A gradient is refused at the first op that has no rule, with that op's reason.
heed.model @M digest "" precision "f32" {
heed.entry @loss(%x: tensor<4xf32, #heed.axes<4>> {heed.input = "x"}) -> (tensor<f32, #heed.axes<>> {heed.result = "y"}) attributes {sizes = []} {
  // expected-error @below {{the gradient of `index` is not derived yet}}
  %y = heed.index sum [| i < 4] (%x[i]) {
  ^bb0(%0: f32):
    heed.yield %0 : f32
  } : (tensor<4xf32, #heed.axes<4>>) -> tensor<f32, #heed.axes<>>
  heed.return %y : tensor<f32, #heed.axes<>>
}
// expected-note @below {{asked for by `gradient of @loss`}}
heed.derive gradient of @loss
}

// -----

// Where every op has a rule, what is missing is the derivation itself.
heed.model @M digest "" precision "f32" {
heed.entry @same(%x: tensor<4xf32, #heed.axes<4>> {heed.input = "x"}) -> (tensor<4xf32, #heed.axes<4>> {heed.result = "y"}) attributes {sizes = []} {
  heed.return %x : tensor<4xf32, #heed.axes<4>>
}
// expected-error @below {{the step of @same is not derived yet}}
heed.derive step of @same
}
