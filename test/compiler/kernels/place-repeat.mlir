// RUN: heed-opt %s --heed-form-kernels --heed-place --heed-verify-kernels --split-input-file | FileCheck %s

// Repeats nest: the inner one's buffers and the arena of its turns lie in the arena of the outer one's turn, at offsets relative to it.
// CHECK-LABEL: heed.entry @nested
// CHECK-SAME: arena_bytes = #heed.size<512>
// CHECK: heed.repeat schedule [0, 0]
// CHECK-SAME: inner #heed.place<arena, offset = 0, bytes = 256> places [#heed.place<arena, offset = 256, bytes = 128>, #heed.place<arena, offset = 384, bytes = 128>]
// CHECK: heed.repeat schedule [0, 0, 0]
// CHECK-SAME: inner #heed.place<inner, offset = 256, bytes = 0> places [#heed.place<inner, offset = 0, bytes = 128>, #heed.place<inner, offset = 128, bytes = 128>]
// CHECK: places [#heed.place<next 0, bytes = 128>]
// CHECK: heed.kernel @rows_1
// CHECK: places [#heed.place<next 0, bytes = 128>]
// CHECK: heed.kernel @rows_2
// CHECK: places [#heed.place<output 0, bytes = 128>]
heed.model @M digest "" precision "f32" {
heed.entry @nested(%x: tensor<32xf32, #heed.axes<32>> {heed.input = "x"}) -> (tensor<32xf32, #heed.axes<32>> {heed.result = "y"}) attributes {sizes = []} {
  %r = heed.repeat schedule [0, 0] carries(%x : tensor<32xf32, #heed.axes<32>>) {
  ^bb0(%t: i64, %a: tensor<32xf32, #heed.axes<32>>):
    %s = heed.repeat schedule [0, 0, 0] carries(%a : tensor<32xf32, #heed.axes<32>>) {
    ^bb0(%u: i64, %b: tensor<32xf32, #heed.axes<32>>):
      %c = heed.index none pointwise [i < 32] (%b[i]) {
      ^bb0(%0: f32):
        %1 = math.exp %0 : f32
        heed.yield %1 : f32
      } : (tensor<32xf32, #heed.axes<32>>) -> tensor<32xf32, #heed.axes<32>>
      heed.yield %c : tensor<32xf32, #heed.axes<32>>
    } : tensor<32xf32, #heed.axes<32>>
    heed.yield %s : tensor<32xf32, #heed.axes<32>>
  } : tensor<32xf32, #heed.axes<32>>
  heed.return %r : tensor<32xf32, #heed.axes<32>>
}
}

// -----

// Kinds of layers take turns in one arena, as large as the larger of them needs; what a body captures from outside lives as long as the repeat.
// CHECK-LABEL: heed.entry @kinds
// CHECK: heed.kernel @captured
// CHECK: places [#heed.place<arena, offset = [[CAPTURED:[0-9]+]], bytes = 16>]
// CHECK: heed.repeat schedule [0, 1, 0]
// CHECK-SAME: inner #heed.place<arena, offset = 0, bytes = 128>
// CHECK-NOT: offset = [[CAPTURED]], bytes = 16>
// CHECK: heed.kernel @wide
// CHECK: places [#heed.place<inner, offset = 0, bytes = 128>]
heed.model @M digest "" precision "f32" {
heed.entry @kinds(%x: tensor<4xf32, #heed.axes<4>> {heed.input = "x"}) -> (tensor<4xf32, #heed.axes<4>> {heed.result = "y"}) attributes {sizes = []} {
  %captured = heed.index none pointwise [i < 4] (%x[i]) {
  ^bb0(%0: f32):
    heed.yield %0 : f32
  } : (tensor<4xf32, #heed.axes<4>>) -> tensor<4xf32, #heed.axes<4>> loc("captured")
  %r = heed.repeat schedule [0, 1, 0] carries(%x : tensor<4xf32, #heed.axes<4>>) {
  ^bb0(%t: i64, %a: tensor<4xf32, #heed.axes<4>>):
    %b = heed.index none pointwise [i < 4] (%a[i], %captured[i]) {
    ^bb0(%0: f32, %1: f32):
      %2 = arith.addf %0, %1 : f32
      heed.yield %2 : f32
    } : (tensor<4xf32, #heed.axes<4>>, tensor<4xf32, #heed.axes<4>>) -> tensor<4xf32, #heed.axes<4>> loc("narrow")
    heed.yield %b : tensor<4xf32, #heed.axes<4>>
  }, {
  ^bb0(%t: i64, %a: tensor<4xf32, #heed.axes<4>>):
    %h = heed.index none pointwise [i < 4, j < 8] (%a[i]) {
    ^bb0(%0: f32):
      heed.yield %0 : f32
    } : (tensor<4xf32, #heed.axes<4>>) -> tensor<4x8xf32, #heed.axes<4, 8>> loc("wide")
    %b = heed.index sum row [i < 4 | j < 8] (%h[i, j]) {
    ^bb0(%0: f32):
      heed.yield %0 : f32
    } : (tensor<4x8xf32, #heed.axes<4, 8>>) -> tensor<4xf32, #heed.axes<4>> loc("sum")
    heed.yield %b : tensor<4xf32, #heed.axes<4>>
  } : tensor<4xf32, #heed.axes<4>>
  heed.return %r : tensor<4xf32, #heed.axes<4>>
}
}
