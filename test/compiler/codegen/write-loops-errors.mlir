// RUN: heed-opt %s --heed-form-kernels --heed-place --heed-write-loops=backend=plain -verify-diagnostics

!q = tensor<?x2xf32, #heed.axes<T, 2>>

// What has no loops yet is refused where it stands.
heed.model @Backward digest "" precision "f32" {
heed.entry @forward(%q: !q {heed.input = "q"}) -> (!q {heed.result = "y"}) attributes {sizes = ["T"]} {
  %y = heed.kernel @gradient rows (%q) {
  ^bb0(%0: !q):
    %1 = heed.index none pointwise [i < T, d < 2] (%0[i, d]) {
    ^bb0(%2: f32):
      heed.yield %2 : f32
    } : (!q) -> !q
    // expected-error@+1 {{`heed.attend_grad` is not compiled to loops yet}}
    %3 = heed.attend_grad %1 : (!q) -> !q
    heed.yield %3 : !q
  } : (!q) -> !q
  heed.return %y : !q
}
}
