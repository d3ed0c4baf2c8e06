// The wall around repeats.
// RUN: heed-opt %s --heed-verify-kernels -split-input-file -verify-diagnostics

// A repeat without buffers for its carry.
heed.model @M digest "" precision "f32" {
heed.entry @f(%x: tensor<4xf32, #heed.axes<4>> {heed.input = "x"}) -> () attributes {sizes = [], arena_bytes = #heed.size<0>} {
  // expected-error @below {{has no place for its turns or its carries}}
  %r = heed.repeat schedule [0] carries(%x : tensor<4xf32, #heed.axes<4>>) {
  ^bb0(%turn: i64, %a: tensor<4xf32, #heed.axes<4>>):
    heed.yield %a : tensor<4xf32, #heed.axes<4>>
  } : tensor<4xf32, #heed.axes<4>>
  heed.return
}
}

// -----

// Its buffers overlap: a turn would write over what it reads.
heed.model @M digest "" precision "f32" {
heed.entry @f(%x: tensor<4xf32, #heed.axes<4>> {heed.input = "x"}) -> () attributes {sizes = [], arena_bytes = #heed.size<128>} {
  // expected-error @below {{two of its places overlap}}
  %r = heed.repeat schedule [0] carries(%x : tensor<4xf32, #heed.axes<4>>) inner #heed.place<arena, offset = 64, bytes = 64>
      places [#heed.place<arena, offset = 0, bytes = 16>, #heed.place<arena, offset = 8, bytes = 16>] {
  ^bb0(%turn: i64, %a: tensor<4xf32, #heed.axes<4>>):
    %k = heed.kernel @k rows (%a) {
    ^bb0(%in: tensor<4xf32, #heed.axes<4>>):
      %e = heed.index none pointwise [i < 4] (%in[i]) {
      ^bb0(%0: f32):
        heed.yield %0 : f32
      } : (tensor<4xf32, #heed.axes<4>>) -> tensor<4xf32, #heed.axes<4>>
      heed.yield %e : tensor<4xf32, #heed.axes<4>>
    } places [#heed.place<next 0, bytes = 16>] : (tensor<4xf32, #heed.axes<4>>) -> tensor<4xf32, #heed.axes<4>>
    heed.yield %k : tensor<4xf32, #heed.axes<4>>
  } : tensor<4xf32, #heed.axes<4>>
  heed.return
}
}

// -----

// Within a body there is no arena but the turn's, and no output.
heed.model @M digest "" precision "f32" {
heed.entry @f(%x: tensor<4xf32, #heed.axes<4>> {heed.input = "x"}) -> () attributes {sizes = [], arena_bytes = #heed.size<128>} {
  %r = heed.repeat schedule [0] carries(%x : tensor<4xf32, #heed.axes<4>>) inner #heed.place<arena, offset = 128, bytes = 0>
      places [#heed.place<arena, offset = 0, bytes = 16>, #heed.place<arena, offset = 64, bytes = 16>] {
  ^bb0(%turn: i64, %a: tensor<4xf32, #heed.axes<4>>):
    // expected-error @below {{a place of kind `output` in the body of a repeat}}
    %k = heed.kernel @k rows (%a) {
    ^bb0(%in: tensor<4xf32, #heed.axes<4>>):
      %e = heed.index none pointwise [i < 4] (%in[i]) {
      ^bb0(%0: f32):
        heed.yield %0 : f32
      } : (tensor<4xf32, #heed.axes<4>>) -> tensor<4xf32, #heed.axes<4>>
      heed.yield %e : tensor<4xf32, #heed.axes<4>>
    } places [#heed.place<output 0, bytes = 16>] : (tensor<4xf32, #heed.axes<4>>) -> tensor<4xf32, #heed.axes<4>>
    heed.yield %k : tensor<4xf32, #heed.axes<4>>
  } : tensor<4xf32, #heed.axes<4>>
  heed.return
}
}
