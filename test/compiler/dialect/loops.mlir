// Loops over layers, over an axis, over experts.
// RUN: heed-opt %s | heed-opt | FileCheck %s

!h = tensor<?x8xf32, #heed.axes<B, 8>>
!s = tensor<?x?x8xf32, #heed.axes<T, B, 8>>
!w = tensor<8x8xf32, #heed.axes<8, 8>>

// Two kinds of layers, one with parameters; after `place` the carry has two buffers.
// CHECK-LABEL: @repeat
// CHECK: heed.repeat schedule [0, 1, 0] carries(%{{.*}} : tensor<?x8xf32, #heed.axes<B, 8>>)
// CHECK-SAME: stacks(%{{.*}} of 0 : tensor<2x8x8xf32, #heed.axes<2, 8, 8>>)
// CHECK-SAME: inner #heed.place<arena, offset = 64*B, bytes = "B*T^2">
// CHECK-SAME: places [#heed.place<arena, offset = 0, bytes = 32*B>, #heed.place<output 0, bytes = 32*B>] {
// CHECK-NEXT: ^bb0(%{{.*}}: i64, %[[X:.*]]: tensor<?x8xf32, #heed.axes<B, 8>>, %{{.*}}: tensor<8x8xf32, #heed.axes<8, 8>>):
// CHECK-NEXT: heed.yield %[[X]]
// CHECK-NEXT: }, {
// CHECK-NEXT: ^bb0(%{{.*}}: i64, %{{.*}}: tensor<?x8xf32, #heed.axes<B, 8>>):
func.func @repeat(%x: !h, %w: tensor<2x8x8xf32, #heed.axes<2, 8, 8>>) {
  %y = heed.repeat schedule [0, 1, 0] carries(%x : !h) stacks(%w of 0 : tensor<2x8x8xf32, #heed.axes<2, 8, 8>>)
      inner #heed.place<arena, offset = 64 * B, bytes = "B*T^2">
      places [#heed.place<arena, offset = 0, bytes = 32 * B>, #heed.place<output 0, bytes = 32 * B>] {
  ^bb0(%turn: i64, %h: !h, %p: !w):
    heed.yield %h : !h
  }, {
  ^bb0(%turn: i64, %h: !h):
    heed.yield %h : !h
  } : !h
  return
}

// Rows of stacks by turns of their kind: one, or several for a loop within.
// CHECK-LABEL: @rows
// CHECK: stacks(%{{.*}} of 0 rows [3, 1] : tensor<4x8x8xf32, #heed.axes<4, 8, 8>>, %{{.*}} of 1 rows [2] : tensor<4x8x8xf32, #heed.axes<4, 8, 8>>) {
func.func @rows(%x: !h, %w: tensor<4x8x8xf32, #heed.axes<4, 8, 8>>) {
  %y = heed.repeat schedule [0, 1, 0] carries(%x : !h) stacks(
      %w of 0 rows [3, 1] : tensor<4x8x8xf32, #heed.axes<4, 8, 8>>, %w of 1 rows [2] : tensor<4x8x8xf32, #heed.axes<4, 8, 8>>) {
  ^bb0(%turn: i64, %h: !h, %p: !w):
    heed.yield %h : !h
  }, {
  ^bb0(%turn: i64, %h: !h, %p: tensor<2x8x8xf32, #heed.axes<2, 8, 8>>):
    heed.yield %h : !h
  } : !h
  return
}

// CHECK-LABEL: @scan
// CHECK: heed.scan <T> reverse carries(%{{.*}} : tensor<?x8xf32, #heed.axes<B, 8>>) sequences(%{{.*}} : tensor<?x?x8xf32, #heed.axes<T, B, 8>>) {
// CHECK: } : tensor<?x8xf32, #heed.axes<B, 8>>, tensor<?x?x8xf32, #heed.axes<T, B, 8>>
func.func @scan(%h: !h, %s: !s) {
  %last, %all = heed.scan <T> reverse carries(%h : !h) sequences(%s : !s) {
  ^bb0(%0: !h, %1: !h):
    heed.yield %1, %0 : !h, !h
  } : !h, !s
  return
}

// CHECK-LABEL: @route
// CHECK: heed.route %{{.*}} : tensor<?xi32, #heed.axes<B>> rows(%{{.*}} : tensor<?x8xf32, #heed.axes<B, 8>>) stacks(%{{.*}} : tensor<4x8x8xf32, #heed.axes<4, 8, 8>>) {
// CHECK: } : tensor<?x8xf32, #heed.axes<B, 8>>
func.func @route(%picks: tensor<?xi32, #heed.axes<B>>, %x: !h, %w: tensor<4x8x8xf32, #heed.axes<4, 8, 8>>) {
  %y = heed.route %picks : tensor<?xi32, #heed.axes<B>> rows (%x : !h) stacks (%w : tensor<4x8x8xf32, #heed.axes<4, 8, 8>>) {
  ^bb0(%row: tensor<8xf32, #heed.axes<8>>, %p: !w):
    heed.yield %row : tensor<8xf32, #heed.axes<8>>
  } : !h
  return
}
