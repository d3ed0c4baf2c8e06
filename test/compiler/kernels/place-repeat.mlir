// RUN: heed-opt %s --heed-place --heed-verify-kernels --split-input-file | FileCheck %s

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
    %0 = heed.repeat schedule [0, 0] carries(%x : tensor<32xf32, #heed.axes<32>>) {
    ^bb0(%arg0: i64, %arg1: tensor<32xf32, #heed.axes<32>>):
      %2 = heed.repeat schedule [0, 0, 0] carries(%arg1 : tensor<32xf32, #heed.axes<32>>) {
      ^bb0(%arg2: i64, %arg3: tensor<32xf32, #heed.axes<32>>):
        %4 = heed.kernel @rows rows (%arg3) {
        ^bb0(%arg4: tensor<32xf32, #heed.axes<32>>):
          %5 = heed.index none pointwise [i < 32] (%arg4[i]) {
          ^bb0(%arg5: f32):
            %6 = math.exp %arg5 : f32
            heed.yield %6 : f32
          } : (tensor<32xf32, #heed.axes<32>>) -> tensor<32xf32, #heed.axes<32>>
          heed.yield %5 : tensor<32xf32, #heed.axes<32>>
        } : (tensor<32xf32, #heed.axes<32>>) -> tensor<32xf32, #heed.axes<32>>
        heed.yield %4 : tensor<32xf32, #heed.axes<32>>
      } : tensor<32xf32, #heed.axes<32>>
      %3 = heed.kernel @rows_1 rows (%2) {
      ^bb0(%arg2: tensor<32xf32, #heed.axes<32>>):
        %4 = heed.index none pointwise [i0 < 32] (%arg2[i0]) {
        ^bb0(%arg3: f32):
          heed.yield %arg3 : f32
        } : (tensor<32xf32, #heed.axes<32>>) -> tensor<32xf32, #heed.axes<32>>
        heed.yield %4 : tensor<32xf32, #heed.axes<32>>
      } : (tensor<32xf32, #heed.axes<32>>) -> tensor<32xf32, #heed.axes<32>>
      heed.yield %3 : tensor<32xf32, #heed.axes<32>>
    } : tensor<32xf32, #heed.axes<32>>
    %1 = heed.kernel @rows_2 rows (%0) {
    ^bb0(%arg0: tensor<32xf32, #heed.axes<32>>):
      %2 = heed.index none pointwise [i0 < 32] (%arg0[i0]) {
      ^bb0(%arg1: f32):
        heed.yield %arg1 : f32
      } : (tensor<32xf32, #heed.axes<32>>) -> tensor<32xf32, #heed.axes<32>>
      heed.yield %2 : tensor<32xf32, #heed.axes<32>>
    } : (tensor<32xf32, #heed.axes<32>>) -> tensor<32xf32, #heed.axes<32>>
    heed.return %1 : tensor<32xf32, #heed.axes<32>>
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
    %captured = heed.kernel @captured rows (%x) {
    ^bb0(%arg0: tensor<4xf32, #heed.axes<4>>):
      %captured_0 = heed.index none pointwise [i < 4] (%arg0[i]) {
      ^bb0(%arg1: f32):
        heed.yield %arg1 : f32
      } : (tensor<4xf32, #heed.axes<4>>) -> tensor<4xf32, #heed.axes<4>>
      heed.yield %captured_0 : tensor<4xf32, #heed.axes<4>>
    } : (tensor<4xf32, #heed.axes<4>>) -> tensor<4xf32, #heed.axes<4>>
    %0 = heed.repeat schedule [0, 1, 0] carries(%x : tensor<4xf32, #heed.axes<4>>) {
    ^bb0(%arg0: i64, %arg1: tensor<4xf32, #heed.axes<4>>):
      %narrow = heed.kernel @narrow rows (%arg1, %captured) {
      ^bb0(%arg2: tensor<4xf32, #heed.axes<4>>, %arg3: tensor<4xf32, #heed.axes<4>>):
        %narrow_0 = heed.index none pointwise [i < 4] (%arg2[i], %arg3[i]) {
        ^bb0(%arg4: f32, %arg5: f32):
          %2 = arith.addf %arg4, %arg5 : f32
          heed.yield %2 : f32
        } : (tensor<4xf32, #heed.axes<4>>, tensor<4xf32, #heed.axes<4>>) -> tensor<4xf32, #heed.axes<4>>
        heed.yield %narrow_0 : tensor<4xf32, #heed.axes<4>>
      } : (tensor<4xf32, #heed.axes<4>>, tensor<4xf32, #heed.axes<4>>) -> tensor<4xf32, #heed.axes<4>>
      heed.yield %narrow : tensor<4xf32, #heed.axes<4>>
    }, {
    ^bb0(%arg0: i64, %arg1: tensor<4xf32, #heed.axes<4>>):
      %wide = heed.kernel @wide rows (%arg1) {
      ^bb0(%arg2: tensor<4xf32, #heed.axes<4>>):
        %wide_0 = heed.index none pointwise [i < 4, j < 8] (%arg2[i]) {
        ^bb0(%arg3: f32):
          heed.yield %arg3 : f32
        } : (tensor<4xf32, #heed.axes<4>>) -> tensor<4x8xf32, #heed.axes<4, 8>>
        heed.yield %wide_0 : tensor<4x8xf32, #heed.axes<4, 8>>
      } : (tensor<4xf32, #heed.axes<4>>) -> tensor<4x8xf32, #heed.axes<4, 8>>
      %sum = heed.kernel @sum rows (%wide) {
      ^bb0(%arg2: tensor<4x8xf32, #heed.axes<4, 8>>):
        %sum_0 = heed.index sum row [i < 4 | j < 8] (%arg2[i, j]) {
        ^bb0(%arg3: f32):
          heed.yield %arg3 : f32
        } : (tensor<4x8xf32, #heed.axes<4, 8>>) -> tensor<4xf32, #heed.axes<4>>
        heed.yield %sum_0 : tensor<4xf32, #heed.axes<4>>
      } : (tensor<4x8xf32, #heed.axes<4, 8>>) -> tensor<4xf32, #heed.axes<4>>
      heed.yield %sum : tensor<4xf32, #heed.axes<4>>
    } : tensor<4xf32, #heed.axes<4>>
    %1 = heed.kernel @rows rows (%0) {
    ^bb0(%arg0: tensor<4xf32, #heed.axes<4>>):
      %2 = heed.index none pointwise [i0 < 4] (%arg0[i0]) {
      ^bb0(%arg1: f32):
        heed.yield %arg1 : f32
      } : (tensor<4xf32, #heed.axes<4>>) -> tensor<4xf32, #heed.axes<4>>
      heed.yield %2 : tensor<4xf32, #heed.axes<4>>
    } : (tensor<4xf32, #heed.axes<4>>) -> tensor<4xf32, #heed.axes<4>>
    heed.return %1 : tensor<4xf32, #heed.axes<4>>
  }
}
