/** Which signals have come, and what is done when one does: until there is a gateway, they are kept for it. */
export declare const signals: { stop: boolean; reload: boolean; act: () => void }
