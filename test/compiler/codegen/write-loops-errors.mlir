// RUN: heed-opt %s --heed-form-kernels --heed-place --heed-write-loops=backend=plain -verify-diagnostics

!q = tensor<?x2xf32, #heed.axes<T, 2>>
!row = tensor<?xf32, #heed.axes<T>>

// What has no loops yet is refused where it stands.
heed.model @Sorted digest "" precision "f32" {
heed.entry @forward(%q: !q {heed.input = "q"}) -> (!q {heed.result = "y"}) attributes {sizes = ["T"]} {
  %y = heed.attend [i < T, d < 2 | j < T] score {
    %s = heed.index none [] within [i, d, j] (%q[i, 0]) {
    ^bb0(%0: f32):
      heed.yield %0 : f32
    } : (!q) -> f32
    heed.yield %s : f32
  } value {
    %v = heed.index none [] within [i, d, j] (%q[j, d]) {
    ^bb0(%0: f32):
      heed.yield %0 : f32
    } : (!q) -> f32
    heed.yield %v : f32
  } weights {
  ^bb0(%row: !row):
    // expected-error@+1 {{`heed.sort` is not compiled to loops yet}}
    %values, %at = heed.sort %row best <T> : !row -> !row, tensor<?xi32, #heed.axes<T>>
    heed.yield %values : !row
  } : !q
  heed.return %y : !q
}
}
