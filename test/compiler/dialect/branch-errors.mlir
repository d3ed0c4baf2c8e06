// Every constraint of branch is named when it is broken.
// RUN: heed-opt %s -verify-diagnostics -split-input-file

!x = tensor<8xf32, #heed.axes<8>>
func.func @neither(%x: !x) {
  // expected-error @+1 {{C1: a branch has either a size or a value}}
  "heed.branch"() ({
    heed.yield
  }, {
    heed.yield
  }) : () -> ()
  return
}

// -----

!x = tensor<8xf32, #heed.axes<8>>
func.func @value(%x: !x) {
  // expected-error @+1 {{C2: the value has type 'tensor<8xf32, #heed.axes<8>>', not one i1}}
  heed.branch %x : !x {
    heed.yield
  } else {
    heed.yield
  }
  return
}

// -----

!x = tensor<8xf32, #heed.axes<8>>
func.func @arguments(%x: !x) {
  // expected-error @+1 {{C3: a region takes arguments}}
  heed.branch #heed.size<B> {
  ^bb0(%t: i64):
    heed.yield
  } else {
    heed.yield
  }
  return
}

// -----

!x = tensor<8xf32, #heed.axes<8>>
func.func @yields(%x: !x) {
  // expected-error @+1 {{C3: 0 yields, but 1 results}}
  %y = heed.branch #heed.size<B> {
    heed.yield %x : !x
  } else {
    heed.yield
  } : !x
  return
}
