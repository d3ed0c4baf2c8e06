// Layouts of parameters, and of what kernels read, in their text. The most significant digit of an axis has an extent, the others
// are remainders.
// RUN: heed-opt %s | heed-opt | FileCheck %s

heed.model @M digest "" precision "f32" {
  // CHECK: heed.param @panels : tensor<7x100xf32, #heed.axes<7, 100>> layout #heed.layout<d1 floordiv 48 : 3, d0 : 7, d1 mod 48>
  heed.param @panels : tensor<7x100xf32, #heed.axes<7, 100>> layout #heed.layout<d1 floordiv 48 : 3, d0 : 7, d1 mod 48>
  // CHECK: heed.param @"h.*.w" stacked : {{.*}} layout #heed.layout<d0 : 2, d1 : 3> parts
  heed.param @"h.*.w" stacked : tensor<2x3xf32, #heed.axes<2, 3>> layout #heed.layout<d0 : 2, d1 : 3> parts [
    #heed.part<"a", layer = 0, begin = 0, extent = 3>, #heed.part<"b", layer = 1, begin = 0, extent = 3>]
  // The tiles of AMX, 16-bit elements in pairs: [n/32][k/32][2][16][16][2].
  // CHECK: heed.param @tiles
  // CHECK-SAME: #heed.layout<d1 floordiv 32 : 2, d0 floordiv 32 : 3, d1 floordiv 16 mod 2, d0 floordiv 2 mod 16, d1 mod 16, d0 mod 2>
  heed.param @tiles : tensor<96x64xbf16, #heed.axes<96, 64>>
    layout #heed.layout<d1 floordiv 32 : 2, d0 floordiv 32 : 3, d1 floordiv 16 mod 2, d0 floordiv 2 mod 16, d1 mod 16, d0 mod 2>
  // CHECK: heed.param @scalar : tensor<f32, #heed.axes<>> layout #heed.layout<>
  heed.param @scalar : tensor<f32, #heed.axes<>> layout #heed.layout<>
}

!x = tensor<?x7xf32, #heed.axes<T, 7>>
!w = tensor<7x100xf32, #heed.axes<7, 100>>
func.func @kernel(%x: !x, %w: !w) {
  // CHECK: } layouts [unit, #heed.layout<d1 floordiv 48 : 3, d0 : 7, d1 mod 48>] places [{{.*}}] declined ["so"] : (
  heed.kernel @k rows (%x, %w) {
  ^bb0(%0: !x, %1: !w):
    heed.yield %0 : !x
  } layouts [unit, #heed.layout<d1 floordiv 48 : 3, d0 : 7, d1 mod 48>] places [#heed.place<output 0, bytes = 28*T>] declined ["so"]
    : (!x, !w) -> !x
  return
}
