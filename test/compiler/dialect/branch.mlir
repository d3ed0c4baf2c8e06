// Branches by a scalar and by a size.
// RUN: heed-opt %s | heed-opt | FileCheck %s

!h = tensor<?x8xf32, #heed.axes<B, 8>>

// CHECK-LABEL: @scalar
// CHECK: heed.branch %{{.*}} : tensor<i1, #heed.axes<>> inner #heed.place<arena, offset = 0, bytes = 0>
// CHECK-SAME: places [#heed.place<arena, offset = 0, bytes = 32*B>] {
// CHECK-NEXT: heed.yield %[[X:.*]] : tensor<?x8xf32, #heed.axes<B, 8>>
// CHECK-NEXT: } else {
// CHECK-NEXT: heed.yield %[[Z:.*]] : tensor<?x8xf32, #heed.axes<B, 8>>
// CHECK-NEXT: } : tensor<?x8xf32, #heed.axes<B, 8>>
func.func @scalar(%c: tensor<i1, #heed.axes<>>, %x: !h, %z: !h) {
  %y = heed.branch %c : tensor<i1, #heed.axes<>> inner #heed.place<arena, offset = 0, bytes = 0>
      places [#heed.place<arena, offset = 0, bytes = 32 * B>] {
    heed.yield %x : !h
  } else {
    heed.yield %z : !h
  } : !h
  return
}

// Nothing is computed twice, and nothing has to come out.
// CHECK-LABEL: @size
// CHECK: heed.branch #heed.size<B - 9> {
// CHECK: heed.branch #heed.size<B - 1> {
func.func @size(%x: !h) {
  %a, %b = heed.branch #heed.size<B - 9> {
    heed.yield %x, %x : !h, !h
  } else {
    heed.branch #heed.size<B - 1> {
      heed.yield
    } else {
      heed.yield
    }
    heed.yield %x, %x : !h, !h
  } : !h, !h
  return
}
