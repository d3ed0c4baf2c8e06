// RUN: heed-opt %s --heed-place --heed-verify-kernels | FileCheck %s

// Both regions write the result where it lies, and share one arena; what is passed on is copied into it before.
// CHECK-LABEL: heed.entry @f
// CHECK: heed.branch %{{.*}} : tensor<i1, #heed.axes<>> inner #heed.place<arena, offset = {{[0-9]+}}, bytes = 128>
// CHECK-SAME: places [#heed.place<arena, offset = {{[0-9]+}}, bytes = 128>] {
// CHECK: heed.kernel @first
// CHECK: places [#heed.place<inner, offset = 0, bytes = 128>]
// CHECK: heed.kernel @second
// CHECK: places [#heed.place<next 0, bytes = 128>]
// CHECK: } else {
// CHECK: heed.kernel @other
// CHECK: places [#heed.place<next 0, bytes = 128>]
// CHECK: heed.kernel @after
// CHECK: places [#heed.place<output 0, bytes = 128>]
!x = tensor<32xf32, #heed.axes<32>>
heed.model @M digest "" precision "f32" {
  heed.entry @f(%x: !x {heed.input = "x"}, %c: tensor<i1, #heed.axes<>> {heed.input = "c"}) -> (!x {heed.result = "y"}) attributes {sizes = []} {
    %0 = heed.branch %c : tensor<i1, #heed.axes<>> {
      %1 = heed.kernel @first rows (%x) {
      ^bb0(%a: !x):
        %e = heed.index none pointwise [i < 32] (%a[i]) {
        ^bb0(%s: f32):
          %t = math.exp %s : f32
          heed.yield %t : f32
        } : (!x) -> !x
        heed.yield %e : !x
      } : (!x) -> !x
      %2 = heed.kernel @second rows (%1) {
      ^bb0(%a: !x):
        %e = heed.index none pointwise [i < 32] (%a[i]) {
        ^bb0(%s: f32):
          %t = math.exp %s : f32
          heed.yield %t : f32
        } : (!x) -> !x
        heed.yield %e : !x
      } : (!x) -> !x
      heed.yield %2 : !x
    } else {
      %1 = heed.kernel @other rows (%x) {
      ^bb0(%a: !x):
        %e = heed.index none pointwise [i < 32] (%a[i]) {
        ^bb0(%s: f32):
          heed.yield %s : f32
        } : (!x) -> !x
        heed.yield %e : !x
      } : (!x) -> !x
      heed.yield %1 : !x
    } : !x
    %3 = heed.kernel @after rows (%0) {
    ^bb0(%a: !x):
      %e = heed.index none pointwise [i < 32] (%a[i]) {
      ^bb0(%s: f32):
        %t = math.tanh %s : f32
        heed.yield %t : f32
      } : (!x) -> !x
      heed.yield %e : !x
    } : (!x) -> !x
    heed.return %3 : !x
  }
}
