// RUN: heed-opt %s --heed-verify-kernels -split-input-file -verify-diagnostics

// A kernel that does not know how its parameter lies.
!w = tensor<4xf32, #heed.axes<4>>
heed.model @M digest "" precision "f32" {
heed.param @w : !w layout #heed.layout<d0 floordiv 2 : 2, d0 mod 2>
heed.entry @f(%w: !w {heed.param = @w}) -> (!w {heed.result = "y"}) attributes {sizes = [], arena_bytes = #heed.size<0>} {
  // expected-error @below {{operand 0 is read as row-major, but lies as #heed.layout<d0 floordiv 2 : 2, d0 mod 2>}}
  %y = heed.kernel @y rows (%w) {
  ^bb0(%in: !w):
    %e = heed.index none pointwise [i < 4] (%in[i]) {
    ^bb0(%0: f32):
      heed.yield %0 : f32
    } : (!w) -> !w
    heed.yield %e : !w
  } places [#heed.place<output 0, bytes = 16>] : (!w) -> !w
  heed.return %y : !w
}
}

// -----

// A parameter in panels whose memory is taken as it is.
!w = tensor<4xf32, #heed.axes<4>>
!s = tensor<2x2xf32, #heed.axes<2, 2>>
heed.model @M digest "" precision "f32" {
heed.param @w : !w layout #heed.layout<d0 floordiv 2 : 2, d0 mod 2>
heed.entry @f(%w: !w {heed.param = @w}) -> () attributes {sizes = [], arena_bytes = #heed.size<0>} {
  // expected-error @below {{operand 0 is read as row-major, but lies as}}
  %s = heed.reshape %w : !w -> !s
  heed.return
}
}

// -----

// A stack whose layers are not in one piece.
!x = tensor<2xf32, #heed.axes<2>>
!w = tensor<3x2xf32, #heed.axes<3, 2>>
heed.model @M digest "" precision "f32" {
heed.param @w : !w layout #heed.layout<d1 : 2, d0 : 3>
heed.entry @f(%x: !x {heed.input = "x"}, %w: !w {heed.param = @w}) -> () attributes {sizes = [], arena_bytes = #heed.size<64>} {
  %y = heed.repeat schedule [0, 0, 0] carries(%x : !x) stacks(%w of 0 : !w)
      inner #heed.place<arena, offset = 16, bytes = 0> places [#heed.place<arena, offset = 0, bytes = 8>, #heed.place<arena, offset = 8, bytes = 8>] {
  ^bb0(%turn: i64, %c: !x, %layer: !x):
    // expected-error @below {{a layer of `w` is not in one piece}}
    %n = heed.kernel @n rows (%layer) {
    ^bb0(%in: !x):
      %e = heed.index none pointwise [i < 2] (%in[i]) {
      ^bb0(%0: f32):
        heed.yield %0 : f32
      } : (!x) -> !x
      heed.yield %e : !x
    } places [#heed.place<next 0, bytes = 8>] : (!x) -> !x
    heed.yield %n : !x
  } : !x
  heed.return
}
}
