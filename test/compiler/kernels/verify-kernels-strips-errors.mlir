// RUN: heed-opt %s --heed-verify-kernels -split-input-file -verify-diagnostics

// The second kernel of the strip writes over what the first reads again for the next rows.
heed.model @M digest "" precision "f32" {
heed.entry @f(%x: tensor<?x4xf32, #heed.axes<R, 4>> {heed.input = "x"}, %w: tensor<4100x4xf32, #heed.axes<4100, 4>> {heed.input = "w"})
    -> (tensor<?xf32, #heed.axes<R>> {heed.result = "z"}) attributes {sizes = ["R"], arena_bytes = #heed.size<16 * R + 4723200>} {
  %a = heed.kernel @a rows (%x) {
  ^bb0(%in: tensor<?x4xf32, #heed.axes<R, 4>>):
    %e = heed.index none pointwise [r < R, d < 4] (%in[r, d]) {
    ^bb0(%0: f32):
      heed.yield %0 : f32
    } : (tensor<?x4xf32, #heed.axes<R, 4>>) -> tensor<?x4xf32, #heed.axes<R, 4>>
    heed.yield %e : tensor<?x4xf32, #heed.axes<R, 4>>
  } places [#heed.place<arena, offset = 4723200, bytes = 16 * R>] : (tensor<?x4xf32, #heed.axes<R, 4>>) -> tensor<?x4xf32, #heed.axes<R, 4>>
  // expected-error @below {{writes over a value that it reads at R = 8}}
  %y = heed.kernel @y contract (%a, %w) {
  ^bb0(%l: tensor<?x4xf32, #heed.axes<R, 4>>, %r: tensor<4100x4xf32, #heed.axes<4100, 4>>):
    %e = heed.index sum contraction [r < R, v < 4100 | d < 4] (%l[r, d], %r[v, d]) {
    ^bb0(%0: f32, %1: f32):
      %2 = arith.mulf %0, %1 : f32
      heed.yield %2 : f32
    } : (tensor<?x4xf32, #heed.axes<R, 4>>, tensor<4100x4xf32, #heed.axes<4100, 4>>) -> tensor<?x4100xf32, #heed.axes<R, 4100>>
    heed.yield %e : tensor<?x4100xf32, #heed.axes<R, 4100>>
  } places [#heed.place<arena, offset = 0, bytes = 16400 * min(288, R)>] strip 288 : (tensor<?x4xf32, #heed.axes<R, 4>>, tensor<4100x4xf32, #heed.axes<4100, 4>>) -> tensor<?x4100xf32, #heed.axes<R, 4100>>
  %best = heed.kernel @best rows (%y) {
  ^bb0(%in: tensor<?x4100xf32, #heed.axes<R, 4100>>):
    %e = heed.index max row [r < R | v < 4100] (%in[r, v]) {
    ^bb0(%0: f32):
      heed.yield %0 : f32
    } : (tensor<?x4100xf32, #heed.axes<R, 4100>>) -> tensor<?xf32, #heed.axes<R>>
    heed.yield %e : tensor<?xf32, #heed.axes<R>>
  } places [#heed.place<arena, offset = 4723200, bytes = 4 * R>] : (tensor<?x4100xf32, #heed.axes<R, 4100>>) -> tensor<?xf32, #heed.axes<R>>
  %z = heed.kernel @z rows (%best) {
  ^bb0(%in: tensor<?xf32, #heed.axes<R>>):
    %e = heed.index none pointwise [r < R] (%in[r]) {
    ^bb0(%0: f32):
      heed.yield %0 : f32
    } : (tensor<?xf32, #heed.axes<R>>) -> tensor<?xf32, #heed.axes<R>>
    heed.yield %e : tensor<?xf32, #heed.axes<R>>
  } places [#heed.place<output 0, bytes = 4 * R>] : (tensor<?xf32, #heed.axes<R>>) -> tensor<?xf32, #heed.axes<R>>
  heed.return %z : tensor<?xf32, #heed.axes<R>>
}
}

// -----

// What is there of the product is a strip, and a strip has a reader behind it.
heed.model @M digest "" precision "f32" {
heed.entry @f(%x: tensor<?x4xf32, #heed.axes<R, 4>> {heed.input = "x"}, %w: tensor<4100x4xf32, #heed.axes<4100, 4>> {heed.input = "w"})
    -> (tensor<?xf32, #heed.axes<R>> {heed.result = "z"}) attributes {sizes = ["R"], arena_bytes = #heed.size<16 * R + 4723200>} {
  %a = heed.kernel @a rows (%x) {
  ^bb0(%in: tensor<?x4xf32, #heed.axes<R, 4>>):
    %e = heed.index none pointwise [r < R, d < 4] (%in[r, d]) {
    ^bb0(%0: f32):
      heed.yield %0 : f32
    } : (tensor<?x4xf32, #heed.axes<R, 4>>) -> tensor<?x4xf32, #heed.axes<R, 4>>
    heed.yield %e : tensor<?x4xf32, #heed.axes<R, 4>>
  } places [#heed.place<arena, offset = 4723200, bytes = 16 * R>] : (tensor<?x4xf32, #heed.axes<R, 4>>) -> tensor<?x4xf32, #heed.axes<R, 4>>
  // expected-error @below {{kernel `y` and what follows it are no strip}}
  %y = heed.kernel @y contract (%a, %w) {
  ^bb0(%l: tensor<?x4xf32, #heed.axes<R, 4>>, %r: tensor<4100x4xf32, #heed.axes<4100, 4>>):
    %e = heed.index sum contraction [r < R, v < 4100 | d < 4] (%l[r, d], %r[v, d]) {
    ^bb0(%0: f32, %1: f32):
      %2 = arith.mulf %0, %1 : f32
      heed.yield %2 : f32
    } : (tensor<?x4xf32, #heed.axes<R, 4>>, tensor<4100x4xf32, #heed.axes<4100, 4>>) -> tensor<?x4100xf32, #heed.axes<R, 4100>>
    heed.yield %e : tensor<?x4100xf32, #heed.axes<R, 4100>>
  } places [#heed.place<arena, offset = 0, bytes = 16400 * R>] strip 288 : (tensor<?x4xf32, #heed.axes<R, 4>>, tensor<4100x4xf32, #heed.axes<4100, 4>>) -> tensor<?x4100xf32, #heed.axes<R, 4100>>
  heed.check #heed.size<R>, "fewer than none"
  %best = heed.kernel @best rows (%y) {
  ^bb0(%in: tensor<?x4100xf32, #heed.axes<R, 4100>>):
    %e = heed.index max row [r < R | v < 4100] (%in[r, v]) {
    ^bb0(%0: f32):
      heed.yield %0 : f32
    } : (tensor<?x4100xf32, #heed.axes<R, 4100>>) -> tensor<?xf32, #heed.axes<R>>
    heed.yield %e : tensor<?xf32, #heed.axes<R>>
  } places [#heed.place<arena, offset = 4723200, bytes = 4 * R>] : (tensor<?x4100xf32, #heed.axes<R, 4100>>) -> tensor<?xf32, #heed.axes<R>>
  %z = heed.kernel @z rows (%best) {
  ^bb0(%in: tensor<?xf32, #heed.axes<R>>):
    %e = heed.index none pointwise [r < R] (%in[r]) {
    ^bb0(%0: f32):
      heed.yield %0 : f32
    } : (tensor<?xf32, #heed.axes<R>>) -> tensor<?xf32, #heed.axes<R>>
    heed.yield %e : tensor<?xf32, #heed.axes<R>>
  } places [#heed.place<output 0, bytes = 4 * R>] : (tensor<?xf32, #heed.axes<R>>) -> tensor<?xf32, #heed.axes<R>>
  heed.return %z : tensor<?xf32, #heed.axes<R>>
}
}
