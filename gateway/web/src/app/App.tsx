import { QueryClientProvider } from '@tanstack/react-query';
import { useState } from 'react';
import { BrowserRouter } from 'react-router';
import { makeQueryClient } from '../api/query-client';
import { Announcer } from '../ui/Announcer';
import { AppRoutes } from './AppRoutes';
import { ErrorBoundary } from './ErrorBoundary';

export const App = () => {
  const [queries] = useState(makeQueryClient);
  return (
    <ErrorBoundary>
      <QueryClientProvider client={queries}>
        <Announcer>
          <BrowserRouter>
            <AppRoutes />
          </BrowserRouter>
        </Announcer>
      </QueryClientProvider>
    </ErrorBoundary>
  );
};
