// RUN: heed-opt %s --heed-verify-kernels -split-input-file -verify-diagnostics

// An op outside of a kernel.
heed.model @M digest "" precision "f32" {
heed.entry @f(%x: tensor<4xf32, #heed.axes<4>> {heed.input = "x"}) -> (tensor<4xf32, #heed.axes<4>> {heed.result = "y"})
    attributes {sizes = [], arena_bytes = #heed.size<0>} {
  // expected-error @below {{`heed.index` is left outside a kernel}}
  %y = heed.index none pointwise [i < 4] (%x[i]) {
  ^bb0(%0: f32):
    heed.yield %0 : f32
  } : (tensor<4xf32, #heed.axes<4>>) -> tensor<4xf32, #heed.axes<4>>
  heed.return %y : tensor<4xf32, #heed.axes<4>>
}
}

// -----

// An entry without a plan.
heed.model @M digest "" precision "f32" {
// expected-error @below {{does not say how large its arena is}}
heed.entry @f(%x: tensor<4xf32, #heed.axes<4>> {heed.input = "x"}) -> () attributes {sizes = []} {
  heed.return
}
}

// -----

// A kernel without a place.
heed.model @M digest "" precision "f32" {
heed.entry @f(%x: tensor<4xf32, #heed.axes<4>> {heed.input = "x"}) -> (tensor<4xf32, #heed.axes<4>> {heed.result = "y"})
    attributes {sizes = [], arena_bytes = #heed.size<0>} {
  // expected-error @below {{kernel `y` has 1 results, but 0 places}}
  %y = heed.kernel @y rows (%x) {
  ^bb0(%in: tensor<4xf32, #heed.axes<4>>):
    %e = heed.index none pointwise [i < 4] (%in[i]) {
    ^bb0(%0: f32):
      heed.yield %0 : f32
    } : (tensor<4xf32, #heed.axes<4>>) -> tensor<4xf32, #heed.axes<4>>
    heed.yield %e : tensor<4xf32, #heed.axes<4>>
  } : (tensor<4xf32, #heed.axes<4>>) -> tensor<4xf32, #heed.axes<4>>
  heed.return %y : tensor<4xf32, #heed.axes<4>>
}
}

// -----

// A place of the wrong size.
heed.model @M digest "" precision "f32" {
heed.entry @f(%x: tensor<4xf32, #heed.axes<4>> {heed.input = "x"}) -> (tensor<4xf32, #heed.axes<4>> {heed.result = "y"})
    attributes {sizes = [], arena_bytes = #heed.size<0>} {
  // expected-error @below {{a place of 8 bytes for 16}}
  %y = heed.kernel @y rows (%x) {
  ^bb0(%in: tensor<4xf32, #heed.axes<4>>):
    %e = heed.index none pointwise [i < 4] (%in[i]) {
    ^bb0(%0: f32):
      heed.yield %0 : f32
    } : (tensor<4xf32, #heed.axes<4>>) -> tensor<4xf32, #heed.axes<4>>
    heed.yield %e : tensor<4xf32, #heed.axes<4>>
  } places [#heed.place<output 0, bytes = 8>] : (tensor<4xf32, #heed.axes<4>>) -> tensor<4xf32, #heed.axes<4>>
  heed.return %y : tensor<4xf32, #heed.axes<4>>
}
}

// -----

// What is returned was not written by a kernel to where the caller looks.
heed.model @M digest "" precision "f32" {
heed.entry @f(%x: tensor<4xf32, #heed.axes<4>> {heed.input = "x"}) -> (tensor<4xf32, #heed.axes<4>> {heed.result = "y"})
    attributes {sizes = [], arena_bytes = #heed.size<0>} {
  // expected-error @below {{operand 0 was not written to `output 0` by a kernel of this region}}
  heed.return %x : tensor<4xf32, #heed.axes<4>>
}
}

// -----

// The second kernel writes over what the first left, and the third reads it.
heed.model @M digest "" precision "f32" {
heed.entry @f(%x: tensor<?xf32, #heed.axes<T>> {heed.input = "x"}) -> (tensor<?xf32, #heed.axes<T>> {heed.result = "y"})
    attributes {sizes = ["T"], arena_bytes = #heed.size<4 * T + 64>} {
  %a = heed.kernel @a rows (%x) {
  ^bb0(%in: tensor<?xf32, #heed.axes<T>>):
    %e = heed.index none pointwise [t < T] (%in[t]) {
    ^bb0(%0: f32):
      heed.yield %0 : f32
    } : (tensor<?xf32, #heed.axes<T>>) -> tensor<?xf32, #heed.axes<T>>
    heed.yield %e : tensor<?xf32, #heed.axes<T>>
  } places [#heed.place<arena, offset = 0, bytes = 4 * T>] : (tensor<?xf32, #heed.axes<T>>) -> tensor<?xf32, #heed.axes<T>>
  // expected-note @below {{by this}}
  %b = heed.kernel @b rows (%x) {
  ^bb0(%in: tensor<?xf32, #heed.axes<T>>):
    %e = heed.index none pointwise [t < T] (%in[t]) {
    ^bb0(%0: f32):
      heed.yield %0 : f32
    } : (tensor<?xf32, #heed.axes<T>>) -> tensor<?xf32, #heed.axes<T>>
    heed.yield %e : tensor<?xf32, #heed.axes<T>>
  } places [#heed.place<arena, offset = 64, bytes = 4 * T>] : (tensor<?xf32, #heed.axes<T>>) -> tensor<?xf32, #heed.axes<T>>
  // expected-error @below {{reads a value that was overwritten before at T = 64}}
  %y = heed.kernel @y rows (%a, %b) {
  ^bb0(%l: tensor<?xf32, #heed.axes<T>>, %r: tensor<?xf32, #heed.axes<T>>):
    %e = heed.index none pointwise [t < T] (%l[t], %r[t]) {
    ^bb0(%0: f32, %1: f32):
      %2 = arith.addf %0, %1 : f32
      heed.yield %2 : f32
    } : (tensor<?xf32, #heed.axes<T>>, tensor<?xf32, #heed.axes<T>>) -> tensor<?xf32, #heed.axes<T>>
    heed.yield %e : tensor<?xf32, #heed.axes<T>>
  } places [#heed.place<output 0, bytes = 4 * T>] : (tensor<?xf32, #heed.axes<T>>, tensor<?xf32, #heed.axes<T>>) -> tensor<?xf32, #heed.axes<T>>
  heed.return %y : tensor<?xf32, #heed.axes<T>>
}
}

// -----

// A kernel writes over its own operand, seen through a reshape.
heed.model @M digest "" precision "f32" {
heed.entry @f(%x: tensor<8xf32, #heed.axes<8>> {heed.input = "x"}) -> () attributes {sizes = [], arena_bytes = #heed.size<64>} {
  %a = heed.kernel @a rows (%x) {
  ^bb0(%in: tensor<8xf32, #heed.axes<8>>):
    %e = heed.index none pointwise [i < 8] (%in[i]) {
    ^bb0(%0: f32):
      heed.yield %0 : f32
    } : (tensor<8xf32, #heed.axes<8>>) -> tensor<8xf32, #heed.axes<8>>
    heed.yield %e : tensor<8xf32, #heed.axes<8>>
  } places [#heed.place<arena, offset = 0, bytes = 32>] : (tensor<8xf32, #heed.axes<8>>) -> tensor<8xf32, #heed.axes<8>>
  %v = heed.reshape %a : tensor<8xf32, #heed.axes<8>> -> tensor<4x2xf32, #heed.axes<4, 2>>
  // expected-error @below {{writes over a value that it reads}}
  %b = heed.kernel @b rows (%v) {
  ^bb0(%in: tensor<4x2xf32, #heed.axes<4, 2>>):
    %e = heed.index sum row [i < 4 | j < 2] (%in[i, j]) {
    ^bb0(%0: f32):
      heed.yield %0 : f32
    } : (tensor<4x2xf32, #heed.axes<4, 2>>) -> tensor<4xf32, #heed.axes<4>>
    heed.yield %e : tensor<4xf32, #heed.axes<4>>
  } places [#heed.place<arena, offset = 16, bytes = 16>] : (tensor<4x2xf32, #heed.axes<4, 2>>) -> tensor<4xf32, #heed.axes<4>>
  heed.return
}
}

// -----

// A place beyond the end of the arena.
heed.model @M digest "" precision "f32" {
heed.entry @f(%x: tensor<?xf32, #heed.axes<T>> {heed.input = "x"}) -> () attributes {sizes = ["T"], arena_bytes = #heed.size<1024>} {
  // expected-error @below {{a place ends at byte 4000, outside the arena at T = 1000}}
  %a = heed.kernel @a rows (%x) {
  ^bb0(%in: tensor<?xf32, #heed.axes<T>>):
    %e = heed.index none pointwise [t < T] (%in[t]) {
    ^bb0(%0: f32):
      heed.yield %0 : f32
    } : (tensor<?xf32, #heed.axes<T>>) -> tensor<?xf32, #heed.axes<T>>
    heed.yield %e : tensor<?xf32, #heed.axes<T>>
  } places [#heed.place<arena, offset = 0, bytes = 4 * T>] : (tensor<?xf32, #heed.axes<T>>) -> tensor<?xf32, #heed.axes<T>>
  heed.return
}
}
