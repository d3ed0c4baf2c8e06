// What the text of maps refuses, types without named axes, and indices that are not there.
// RUN: heed-opt %s -verify-diagnostics -split-input-file

func.func @at() {
  %y = heed.index none [t < T] () {
    // expected-error @+1 {{'heed.at' op C1: index 1 of 1}}
    %0 = heed.at 1 : i64
    heed.yield %0 : i64
  } : () -> tensor<?xi32, #heed.axes<T>>
  return
}

// -----

func.func @unknown(%x: tensor<8xf32, #heed.axes<8>>) {
  // expected-error @+1 {{unknown index or size 'j'}}
  %y = heed.index none [i < 8] (%x[j]) {
  } : (tensor<8xf32, #heed.axes<8>>) -> tensor<8xf32, #heed.axes<8>>
  return
}

// -----

func.func @product(%x: tensor<8xf32, #heed.axes<8>>) {
  // expected-error @+1 {{expected a constant factor}}
  %y = heed.index none [i < 8] (%x[i * i]) {
  } : (tensor<8xf32, #heed.axes<8>>) -> tensor<8xf32, #heed.axes<8>>
  return
}

// -----

func.func @divisor(%x: tensor<8xf32, #heed.axes<8>>) {
  // expected-error @+1 {{expected a positive constant divisor}}
  %y = heed.index none [i < 8] (%x[i mod 0]) {
  } : (tensor<8xf32, #heed.axes<8>>) -> tensor<8xf32, #heed.axes<8>>
  return
}

// -----

// A type whose shape and axes disagree has no named axes.

func.func @shape(%x: tensor<?xf32, #heed.axes<8>>) {
  // expected-error @+1 {{must be variadic of a ranked tensor whose axes are named}}
  %y = heed.index none [i < 8] (%x[i]) {
  ^bb0(%0: f32):
    heed.yield %0 : f32
  } : (tensor<?xf32, #heed.axes<8>>) -> tensor<8xf32, #heed.axes<8>>
  return
}

// -----

func.func @data(%x: tensor<8xi32, #heed.axes<8>>) {
  // expected-error @+1 {{unknown `data$1` of 1 accesses}}
  %y = heed.index none [i < 8] where (data$1 > 0) (%x[i]) {
  } : (tensor<8xi32, #heed.axes<8>>) -> tensor<8xi32, #heed.axes<8>>
  return
}
