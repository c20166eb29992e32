/** Three columns under a beam. */
export function Mark({ size = 24 }: { size?: number }) {
  return (
    <svg width={size} height={size} viewBox="0 0 24 24" fill="currentColor" aria-hidden="true">
      <rect x="2" y="3" width="20" height="3.4" rx="1" />
      <rect x="4" y="8.4" width="3.4" height="12.6" rx="1" />
      <rect x="10.3" y="8.4" width="3.4" height="12.6" rx="1" />
      <rect x="16.6" y="8.4" width="3.4" height="12.6" rx="1" />
    </svg>
  );
}
