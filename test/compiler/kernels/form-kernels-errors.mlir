// RUN: heed-opt %s --heed-form-kernels -split-input-file -verify-diagnostics

// An op for which there is no kernel yet is refused where it stands.
heed.model @M digest "" precision "f32" {
heed.entry @f(%x: tensor<?x8xf32, #heed.axes<T, 8>> {heed.input = "x"})
    -> (tensor<?x2xf32, #heed.axes<T, 2>> {heed.result = "v"}, tensor<?x2xi32, #heed.axes<T, 2>> {heed.result = "p"}) attributes {sizes = ["T"]} {
  // expected-error @below {{`heed.sort` is not compiled to a kernel yet}}
  %v, %p = heed.sort %x best #heed.size<2> descending : tensor<?x8xf32, #heed.axes<T, 8>> -> tensor<?x2xf32, #heed.axes<T, 2>>, tensor<?x2xi32, #heed.axes<T, 2>>
  heed.return %v, %p : tensor<?x2xf32, #heed.axes<T, 2>>, tensor<?x2xi32, #heed.axes<T, 2>>
}
}
