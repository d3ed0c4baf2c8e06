// A whole model: parameters with their stored parts, states, an entry with roles of arguments, requests and checks.
// RUN: heed-opt %s | heed-opt | FileCheck %s

!x = tensor<?x?x8xf32, #heed.axes<B, T, 8>>

// CHECK: heed.model @M digest "5f" precision "f32" ignored ["freq_*"] {
heed.model @M digest "5f" precision "f32" ignored ["freq_*"] {
  // CHECK: heed.param @"layers.*.w" stacked : tensor<2x8x8xf32, #heed.axes<2, 8, 8>>
  // CHECK-SAME: parts [#heed.part<"a", layer = 0, begin = 0, extent = 4, transposed>, #heed.part<"b", layer = 0, begin = 4, extent = 4, copies = ["c", "d"]>, #heed.part<"e", layer = 1, begin = 0, extent = 8>]
  heed.param @"layers.*.w" stacked : tensor<2x8x8xf32, #heed.axes<2, 8, 8>> parts [
    #heed.part<"a", layer = 0, begin = 0, extent = 4, transposed>,
    #heed.part<"b", layer = 0, begin = 4, extent = 4, copies = ["c", "d"]>,
    #heed.part<"e", layer = 1, begin = 0, extent = 8>]
  // CHECK: heed.param @norm.weight : tensor<8xf32, #heed.axes<8>>
  heed.param @norm.weight : tensor<8xf32, #heed.axes<8>>
  // CHECK: heed.state @keys : tensor<?x8xf32, #heed.axes<P, 8>>
  heed.state @keys : tensor<?x8xf32, #heed.axes<P, 8>>

  // Arguments are called after their roles.
  // CHECK: heed.entry @forward(%x: {{.*}} {heed.input = "x"}, %w: {{.*}} {heed.param = @"layers.*.w"})
  // CHECK-SAME: -> (tensor<?x?x8xf32, #heed.axes<B, T, 8>> {heed.result = "y"}) attributes {arena_bytes = #heed.size<32*B*T>, sizes = ["B", "T"], stream = "T"}
  heed.entry @forward(%0: !x {heed.input = "x"}, %1: tensor<2x8x8xf32, #heed.axes<2, 8, 8>> {heed.param = @"layers.*.w"})
      -> (!x {heed.result = "y"}) attributes {sizes = ["B", "T"], stream = "T", arena_bytes = #heed.size<32*B*T>} {
    // CHECK: heed.check #heed.size<512 - T>, "too long"
    heed.check #heed.size<512 - T>, "too long"
    %c = arith.constant dense<true> : tensor<i1, #heed.axes<>>
    // CHECK: heed.check %{{.*}} : tensor<i1, #heed.axes<>>, "never"
    heed.check %c : tensor<i1, #heed.axes<>>, "never"
    // CHECK: heed.return %x
    heed.return %0 : !x
  }

  // CHECK: heed.entry @step
  heed.entry @step(%0: tensor<?x8xf32, #heed.axes<P, 8>> {heed.input = "new"}) -> () attributes {sizes = ["P"]} {
    // CHECK: heed.recall tail <P - 1> of %new in @keys : tensor<?x8xf32, #heed.axes<P, 8>> -> tensor<?x8xf32, #heed.axes<2*P, 8>>
    %1 = heed.recall tail <P - 1> of %0 in @keys : tensor<?x8xf32, #heed.axes<P, 8>> -> tensor<?x8xf32, #heed.axes<2*P, 8>>
    // CHECK: heed.next @keys = %new : tensor<?x8xf32, #heed.axes<P, 8>>
    heed.next @keys = %0 : tensor<?x8xf32, #heed.axes<P, 8>>
    heed.return
  }
  // CHECK: heed.derive gradient of @forward
  heed.derive gradient of @forward
}
