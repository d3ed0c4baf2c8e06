// Ops on whole tensors, and kernels.
// RUN: heed-opt %s | heed-opt | FileCheck %s

!x = tensor<?x8xf32, #heed.axes<6*B, 8>>

// CHECK-LABEL: @reshape
// CHECK: heed.reshape %{{.*}} : tensor<?x8xf32, #heed.axes<6*B, 8>> -> tensor<?x16x3xf32, #heed.axes<B, 16, 3>>
func.func @reshape(%x: !x) {
  %y = heed.reshape %x : !x -> tensor<?x16x3xf32, #heed.axes<B, 16, 3>>
  return
}

// CHECK-LABEL: @sort
// CHECK: heed.sort %{{.*}} best <2> descending : tensor<?x8xf32, #heed.axes<6*B, 8>> -> tensor<?x2xf32, #heed.axes<6*B, 2>>, tensor<?x2xi32, #heed.axes<6*B, 2>>
func.func @sort(%x: !x) {
  %v, %p = heed.sort %x best <2> descending : !x -> tensor<?x2xf32, #heed.axes<6*B, 2>>, tensor<?x2xi32, #heed.axes<6*B, 2>>
  return
}

// Names within a kernel are its own.
// CHECK-LABEL: @kernel
// CHECK: heed.kernel @norm rows (%{{.*}}) {
// CHECK: } places [#heed.place<inner, offset = 0, bytes = 192*B>] declined ["its result is read again"] : (tensor<?x8xf32, #heed.axes<6*B, 8>>) -> tensor<?x8xf32, #heed.axes<6*B, 8>>
func.func @kernel(%x: !x) {
  %y = heed.kernel @norm rows (%x) {
  ^bb0(%x: !x):
    %0 = heed.stop %x : !x
    heed.yield %0 : !x
  } places [#heed.place<inner, offset = 0, bytes = 192 * B>] declined ["its result is read again"] : (!x) -> !x
  return
}
