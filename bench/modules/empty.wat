;; Nothing to instantiate but the instance itself.
(module (func (export "nop")))
