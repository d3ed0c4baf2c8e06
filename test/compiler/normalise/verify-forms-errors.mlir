// RUN: heed-opt %s --heed-verify-forms -split-input-file -verify-diagnostics

heed.model @M digest "" precision "f32" {
heed.entry @f(%x: tensor<4xf32, #heed.axes<4>> {heed.input = "x"}) -> (tensor<4xf32, #heed.axes<4>> {heed.result = "y"}) attributes {sizes = []} {
  // expected-error @below {{has no form; `heed-normalise` names it}}
  %y = heed.index none [i < 4] (%x[i]) {
  ^bb0(%0: f32):
    heed.yield %0 : f32
  } : (tensor<4xf32, #heed.axes<4>>) -> tensor<4xf32, #heed.axes<4>>
  heed.return %y : tensor<4xf32, #heed.axes<4>>
}
}

// -----

heed.model @M digest "" precision "f32" {
heed.entry @f(%x: tensor<4xf32, #heed.axes<4>> {heed.input = "x"}) -> (tensor<4xf32, #heed.axes<4>> {heed.result = "y"}) attributes {sizes = []} {
  // expected-error @below {{is said to be `contraction`, but is `pointwise`}}
  %y = heed.index none contraction [i < 4] (%x[i]) {
  ^bb0(%0: f32):
    heed.yield %0 : f32
  } : (tensor<4xf32, #heed.axes<4>>) -> tensor<4xf32, #heed.axes<4>>
  heed.return %y : tensor<4xf32, #heed.axes<4>>
}
}
