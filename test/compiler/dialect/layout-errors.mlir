// Every constraint of layouts is named when it is broken, where they are written and where they are used.
// RUN: heed-opt %s -verify-diagnostics -split-input-file

heed.model @M digest "" precision "f32" {
  // expected-error @+1 {{C1: a digit of d0 divides by 48, not by 32}}
  heed.param @w : tensor<64xf32, #heed.axes<64>> layout #heed.layout<d0 floordiv 48 : 2, d0 mod 32>
}

// -----

heed.model @M digest "" precision "f32" {
  // expected-error @+1 {{C1: d0 has no digit}}
  heed.param @w : tensor<64xf32, #heed.axes<64>> layout #heed.layout<d1 floordiv 32 : 2, d1 mod 32>
}

// -----

heed.model @M digest "" precision "f32" {
  // expected-error @+1 {{expected an axis: d0, d1}}
  heed.param @w : tensor<64xf32, #heed.axes<64>> layout #heed.layout<n : 64>
}

// -----

heed.model @M digest "" precision "f32" {
  // expected-error @+1 {{C4: the layout has room for 96 along axis 0, but there are 97}}
  heed.param @w : tensor<97xf32, #heed.axes<97>> layout #heed.layout<d0 floordiv 48 : 2, d0 mod 48>
}

// -----

heed.model @M digest "" precision "f32" {
  // expected-error @+1 {{C4: a layout of 1 axes for 2}}
  heed.param @w : tensor<4x8xf32, #heed.axes<4, 8>> layout #heed.layout<d0 : 4>
}

// -----

heed.model @M digest "" precision "f32" {
  // expected-error @+1 {{C4: the stack's axis is not the outermost digit}}
  heed.param @w stacked : tensor<4x8xf32, #heed.axes<4, 8>> layout #heed.layout<d1 : 8, d0 : 4>
}

// -----

!x = tensor<8xf32, #heed.axes<8>>
func.func @count(%x: !x) {
  // expected-error @+1 {{C4: 0 layouts for 1 operands}}
  heed.kernel @k rows (%x) {
  ^bb0(%0: !x):
    heed.yield %0 : !x
  } layouts [] : (!x) -> !x
  return
}

// -----

!x = tensor<8xf32, #heed.axes<8>>
func.func @layout(%x: !x) {
  // expected-error @+1 {{C4: 5 : i64 is no layout}}
  heed.kernel @k rows (%x) {
  ^bb0(%0: !x):
    heed.yield %0 : !x
  } layouts [5] : (!x) -> !x
  return
}

// -----

func.func @scalar(%turn: i64) {
  // expected-error @+1 {{C4: a layout for 'i64'}}
  heed.kernel @k rows (%turn) {
  ^bb0(%0: i64):
    heed.yield
  } layouts [#heed.layout<>] : (i64) -> ()
  return
}

// -----

!x = tensor<?xf32, #heed.axes<T>>
func.func @dynamic(%x: !x) {
  // expected-error @+1 {{C4: a layout for axis 0, whose size is not constant}}
  heed.kernel @k rows (%x) {
  ^bb0(%0: !x):
    heed.yield %0 : !x
  } layouts [#heed.layout<d0 : 8>] : (!x) -> !x
  return
}
