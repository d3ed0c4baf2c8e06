// RUN: heed-opt %s --heed-form-kernels -split-input-file -verify-diagnostics

!h = tensor<8xf32, #heed.axes<8>>
!x = tensor<?x8xf32, #heed.axes<T, 8>>

// What has no kernel yet is refused where it stands.
heed.model @M digest "" precision "f32" {
heed.entry @f(%h: !h {heed.input = "h"}, %x: !x {heed.input = "x"}) -> (!h {heed.result = "y"}) attributes {sizes = ["T"]} {
  // expected-error @+1 {{`heed.scan` is not compiled to a kernel yet}}
  %y = heed.scan <T> carries(%h : !h) sequences(%x : !x) {
  ^bb0(%0: !h, %1: !h):
    heed.yield %0 : !h
  } : !h
  heed.return %y : !h
}
}
