import '@fontsource-variable/inter/wght.css'
import '../ui/tokens.css'
import './frame/frame.css'
import { QueryClient, QueryClientProvider } from '@tanstack/react-query'
import { StrictMode } from 'react'
import { createRoot } from 'react-dom/client'
import { Refusal } from '../ui/client.ts'
import { Desk } from './frame/Desk.tsx'
import { startWords } from './words.ts'

const queries = new QueryClient({
  defaultOptions: {
    queries: {
      staleTime: 15_000,
      // A refusal is an answer: asking again gives the same one.
      retry: (tries, error) => !(error instanceof Refusal) && tries < 3,
      refetchOnWindowFocus: false,
    },
  },
})

await startWords()
createRoot(document.getElementById('desk')!).render(
  <StrictMode>
    <QueryClientProvider client={queries}>
      <Desk />
    </QueryClientProvider>
  </StrictMode>,
)
